using System.Net;
using Crm.Api.Tests.Records;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Http;

/// <summary>What an address may hold.</summary>
public sealed class AddressTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private HttpClient Client => fixture.Client;

    [Theory]
    [InlineData("%ff")]
    [InlineData("a%C3")]
    [InlineData("%C3%28")]
    [InlineData("%C0%AF")]
    [InlineData("%E0%80%AF")]
    [InlineData("%ED%A0%80")]
    [InlineData("%F5%80%80%80")]
    public async Task What_is_not_UTF_8_is_refused_in_every_parameter_and_all_such_are_named(string value)
    {
        (await Client.SendAsync("GET", $"/api/v1/contacts?q={value}&limit=5&filter%5BjobTitle%5D={value}&{value}=1")).Faults
            .ShouldBe(["q invalid_text", "filter[jobTitle] invalid_text", $"{value} invalid_text"]);
        (await Client.SendAsync("DELETE", $"/api/v1/contacts/{Guid.NewGuid()}?purge={value}")).Faults.ShouldBe(["purge invalid_text"]);
        (await Client.SendAsync("GET", $"/api/v1/admin/explain?permission={value}")).Faults.ShouldBe(["permission invalid_text"]);
        (await Client.SendAsync("GET", $"/api/v1/meta/objects/{value}?x=1")).Faults.ShouldBe(["x unknown_parameter"]);
        (await Client.SendAsync("GET", $"/api/v1/meta/objects/{value}")).Faults.ShouldBe(["name invalid_text"]);
    }

    [Fact]
    public async Task A_text_in_UTF_8_is_taken_and_a_percent_sign_alone_stands_for_itself()
    {
        var id = (Guid)(await Client.CreateAsync("contacts", new { lastName = "Zoë 100%", jobTitle = "%ff 🐎" }))["id"]!;

        (await Client.SendAsync("GET", "/api/v1/contacts?filter[lastName]=Zo%C3%AB%20100%")).Ids.ShouldBe([id]);
        (await Client.SendAsync("GET", "/api/v1/contacts?filter%5BlastName%5D=Zo%c3%ab+100%25&filter%5BjobTitle%5D=%25ff%20%F0%9F%90%8E")).Ids.ShouldBe([id]);
        (await Client.SendAsync("GET", "/api/v1/meta/objects/%63ontact")).Status.ShouldBe(HttpStatusCode.OK);
        (await Client.SendAsync("GET", "/api/v1/meta/objects/%C3%AB%25ff")).Code.ShouldBe("not_found");
    }

    [Fact]
    public async Task Whoever_is_not_signed_in_learns_nothing_of_what_was_sent()
    {
        using var stranger = fixture.Api.CreateClient();
        (await stranger.SendAsync("GET", "/api/v1/contacts?q=%ff")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task What_the_web_server_refuses_before_the_API_sees_it_is_answered_with_a_bare_400_that_tells_nothing()
    {
        using var answer = await Client.GetAsync(new Uri("/api/v1/contacts/%00", UriKind.Relative), TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("");
        answer.Headers.Concat(answer.Content.Headers).Select(h => h.Key).ShouldBe(["Connection", "Date", "Content-Length"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("api-keys", "API key")]
    [InlineData("provider-keys", "provider key")]
    [InlineData("invitations", "invitation")]
    [InlineData("admin/roles", "role")]
    [InlineData("contacts", "contact")]
    public async Task What_is_missing_is_called_what_people_call_it(string path, string noun) =>
        (await Client.SendAsync("GET", $"/api/v1/{path}/{Guid.NewGuid()}")).Body!["detail"]!.GetValue<string>().ShouldBe($"There is no such {noun}.");

    [Fact]
    public async Task The_reference_speaks_of_records_as_people_do()
    {
        var text = (await Client.SendAsync("GET", "/openapi/v1.json")).Text;

        text.ShouldContain("Read one API key.");
        text.ShouldContain("Change an API key by a merge patch.");
        text.ShouldContain("List provider keys.");
        text.ShouldNotContain("a api_key");
        text.ShouldNotContain(" provider-keys.");
    }
}
