using System.Net;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Records;

public sealed class ApiFixture : IAsyncLifetime
{
    public ApiHost Api { get; private set; } = null!;

    public TestTenant Tenant { get; private set; } = null!;

    public HttpClient Client => Tenant.Client;

    public async ValueTask InitializeAsync()
    {
        Api = await ApiHost.StartAsync();
        Tenant = await Api.CreateTenantAsync("alpha");
    }

    public ValueTask DisposeAsync() => Api.DisposeAsync();
}

public sealed class RecordTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private HttpClient Client => fixture.Client;

    [Fact]
    public async Task A_created_contact_is_read_back_with_its_company()
    {
        var company = await Client.CreateAsync("companies", new { name = "Isdom", country = "Kenya", annualRevenue = new { amount = "12.5", currency = "EUR" } });
        var contact = await Client.CreateAsync("contacts", new { firstName = "Ada", lastName = "Byron", companyId = (Guid)company["id"]!, emails = new[] { new { value = "Ada@isdom.example" } }, tags = new[] { "vip", "vip", "east" } });

        var answer = await Client.SendAsync("GET", $"/api/v1/contacts/{contact["id"]}?expand=company");

        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        answer.Body!["company"]!["annualRevenue"]!["amount"]!.GetValue<string>().ShouldBe("12.50");
        answer.Body["name"]!.GetValue<string>().ShouldBe("Ada Byron");
        answer.Body["email"]!.GetValue<string>().ShouldBe("Ada@isdom.example");
        answer.Body["tags"]!.ToJsonString().ShouldBe("""["vip","east"]""");
    }

    [Fact]
    public async Task A_patch_writes_one_change_and_a_stale_version_is_refused_with_the_current_record()
    {
        var company = await Client.CreateAsync("companies", new { name = "Before", tags = new[] { "a" } });
        var path = $"/api/v1/companies/{company["id"]}";

        var patched = await Client.SendAsync("PATCH", path, new { name = "After", tags = new[] { "b" }, annualRevenue = new { amount = "1", currency = "JPY" } }, ("If-Match", "\"1\""));
        var unchanged = await Client.SendAsync("PATCH", path, new { name = "After" });
        var stale = await Client.SendAsync("PATCH", path, new { name = "Late" }, ("If-Match", "\"1\""));

        patched.Status.ShouldBe(HttpStatusCode.OK, patched.Text);
        patched.Headers["ETag"].ShouldBe("\"2\"");
        unchanged.Headers["ETag"].ShouldBe("\"2\"");
        stale.Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        stale.Body!["current"]!["name"]!.GetValue<string>().ShouldBe("After");
        (await Client.SendAsync("GET", "/api/v1/companies?filter[tags][any]=b")).Ids.ShouldContain((Guid)company["id"]!);
        (await Client.SendAsync("GET", "/api/v1/companies?filter[tags][any]=a")).Ids.ShouldNotContain((Guid)company["id"]!);
    }

    [Fact]
    public async Task A_deal_is_created_moved_and_won()
    {
        var stages = (await Client.SendAsync("GET", "/api/v1/stages?sort=position")).Body!["data"]!.AsArray();
        var deal = await Client.CreateAsync("deals", new { name = "Big one", amount = new { amount = "1000", currency = "USD" } });
        var other = await Client.CreateAsync("deals", new { name = "Other", stageId = (Guid)stages[1]!["id"]! });

        var moved = await Client.SendAsync("POST", $"/api/v1/deals/{deal["id"]}/move", new { stageId = (Guid)stages[1]!["id"]!, beforeId = (Guid)other["id"]!, version = 1 });
        var won = await Client.SendAsync("PATCH", $"/api/v1/deals/{deal["id"]}", new { stageId = (Guid)stages[2]!["id"]!, tags = new[] { "x" } });

        moved.Status.ShouldBe(HttpStatusCode.OK, moved.Text);
        string.CompareOrdinal(moved.Body!["boardRank"]!.GetValue<string>(), other["boardRank"]!.GetValue<string>()).ShouldBeLessThan(0);
        moved.Body["weightedAmount"]!["amount"]!.GetValue<string>().ShouldBe("500.00");
        won.Status.ShouldBe(HttpStatusCode.OK, won.Text);
        won.Body!["status"]!.GetValue<string>().ShouldBe("won");
        (await Client.SendAsync("GET", "/api/v1/deals?filter[tags][any]=x&expand=stage,company,owner")).Ids.ShouldBe([(Guid)deal["id"]!]);
    }

    [Fact]
    public async Task Deleted_records_can_be_restored_and_purged()
    {
        var company = await Client.CreateAsync("companies", new { name = "Short-lived" });
        var contact = await Client.CreateAsync("contacts", new { lastName = "Stays", companyId = (Guid)company["id"]! });
        var path = $"/api/v1/companies/{company["id"]}";

        (await Client.SendAsync("DELETE", path)).Status.ShouldBe(HttpStatusCode.NoContent);
        (await Client.SendAsync("DELETE", path)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await Client.SendAsync("GET", "/api/v1/companies?filter[deletedAt][isNull]=false")).Ids.ShouldContain((Guid)company["id"]!);
        var restored = await Client.SendAsync("POST", path + "/restore");
        restored.Status.ShouldBe(HttpStatusCode.OK, restored.Text);
        var purged = await Client.SendAsync("DELETE", path + "?purge=true");
        purged.Status.ShouldBe(HttpStatusCode.NoContent, purged.Text);
        (await Client.SendAsync("GET", $"/api/v1/contacts/{contact["id"]}")).Body!["companyId"].ShouldBeNull();
    }

    [Fact]
    public async Task All_faults_of_a_body_are_told_at_once()
    {
        var answer = await Client.SendAsync("POST", "/api/v1/deals", new { nme = 1, amount = new { amount = "1.234", currency = "EUR" }, probability = 101, closeDate = "tomorrow", version = 3, tags = "no" });

        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Faults.ShouldBe(["/nme unknown_member", "/amount invalid_money", "/probability out_of_range", "/closeDate invalid_type", "/version read_only", "/tags invalid_type", "/name required"]);
    }

    [Fact]
    public async Task References_that_lead_nowhere_are_all_named()
    {
        var answer = await Client.SendAsync("POST", "/api/v1/deals", new { name = "x", companyId = Guid.NewGuid(), ownerId = Guid.NewGuid() });

        answer.Status.ShouldBe(HttpStatusCode.BadRequest, answer.Text);
        answer.Faults.ShouldBe(["/ownerId reference_not_found", "/companyId reference_not_found"], ignoreOrder: true);
    }

    [Fact]
    public async Task Pages_follow_one_another_without_gap_or_repetition()
    {
        for (var i = 0; i < 7; i++)
            await Client.CreateAsync("products", new { name = $"P{i % 3}", code = $"page-{i}", price = i % 2 == 0 ? new { amount = $"{i}", currency = "USD" } : null });
        foreach (var sort in new[] { "name", "-name", "price", "-price,name", "-createdAt" })
        {
            var ids = new List<Guid>();
            string? cursor = null;
            do
            {
                var page = await Client.SendAsync("GET", $"/api/v1/products?filter[code][startsWith]=PAGE-&limit=3&sort={sort}&count=exact{(cursor is null ? "" : $"&cursor={cursor}")}");
                page.Status.ShouldBe(HttpStatusCode.OK, page.Text);
                page.Body!["count"]!["value"]!.GetValue<int>().ShouldBe(7);
                ids.AddRange(page.Ids);
                cursor = page.Body["page"]!["nextCursor"]?.GetValue<string>();
            }
            while (cursor is not null && ids.Count < 20);
            ids.Distinct().Count().ShouldBe(7, sort);
            ids.Count.ShouldBe(7, sort);
        }
    }
}
