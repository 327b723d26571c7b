using System.Net;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Records;

/// <summary>What a client says is heeded or refused, never ignored.</summary>
public sealed class HeedTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private HttpClient Client => fixture.Client;

    [Fact]
    public async Task A_won_deal_is_certain_and_a_lost_one_is_not_whoever_says_otherwise()
    {
        var stages = (await Client.SendAsync("GET", "/api/v1/stages?limit=200")).Body!["data"]!.AsArray();
        var (won, lost) = (stages.First(s => s!["kind"]!.GetValue<string>() == "won")!["id"]!, stages.First(s => s!["kind"]!.GetValue<string>() == "lost")!["id"]!);

        (await Client.SendAsync("POST", "/api/v1/deals", new { name = "Won?", stageId = won, probability = 50 })).Faults.ShouldBe(["/probability fixed_probability"]);
        var deal = await Client.CreateAsync("deals", new { name = "Won", stageId = won, probability = 100 });
        (await Client.SendAsync("PATCH", $"/api/v1/deals/{deal["id"]}", new { probability = 50 })).Faults.ShouldBe(["/probability fixed_probability"]);
        (await Client.SendAsync("PATCH", $"/api/v1/deals/{deal["id"]}", new { stageId = lost, probability = 40 })).Faults.ShouldBe(["/probability fixed_probability"]);
        (await Client.SendAsync("GET", $"/api/v1/deals/{deal["id"]}")).Body!["probability"]!.GetValue<int>().ShouldBe(100);
    }

    [Fact]
    public async Task A_record_is_restored_at_the_version_that_was_read_and_again_without_harm()
    {
        var id = (await Client.CreateAsync("companies", new { name = "Back and forth" }))["id"];
        var path = $"/api/v1/companies/{id}";
        await Client.SendAsync("DELETE", path);

        var stale = await Client.SendAsync("POST", path + "/restore", null, ("If-Match", "\"1\""));
        (stale.Status, stale.Body!["current"]!["version"]!.GetValue<int>()).ShouldBe((HttpStatusCode.PreconditionFailed, 2));
        (await Client.SendAsync("POST", path + "/restore", null, ("If-Match", "\"2\""))).Status.ShouldBe(HttpStatusCode.OK);

        var again = await Client.SendAsync("POST", path + "/restore");
        (again.Status, again.Body!["version"]!.GetValue<int>()).ShouldBe((HttpStatusCode.OK, 3));
        (await Client.SendAsync("POST", path + "/restore", null, ("If-Match", "\"2\""))).Status.ShouldBe(HttpStatusCode.PreconditionFailed);
    }

    [Fact]
    public async Task A_key_that_would_not_be_heeded_is_refused()
    {
        var refused = await Client.SendAsync("POST", "/api/v1/companies", new { name = "Once" }, ("Idempotency-Key", "k1"));
        refused.Faults.ShouldBe(["Idempotency-Key idempotency_not_supported"]);
        (await Client.SendAsync("GET", "/api/v1/companies?filter[name]=Once")).Ids.ShouldBeEmpty();
    }
}
