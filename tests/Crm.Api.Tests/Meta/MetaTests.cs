using System.Net;
using System.Text.Json.Nodes;
using Crm.Api.Tests.Records;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Meta;

public sealed class MetaTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task All_record_types_are_listed_with_their_permissions()
    {
        var answer = await fixture.Client.SendAsync("GET", "/api/v1/meta/objects");

        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        var types = answer.Body!["data"]!.AsArray().ToDictionary(t => (string)t!["name"]!, t => t!);
        types.Keys.ShouldBe(["api_key", "company", "contact", "deal", "invitation", "pipeline", "product", "provider_key", "role", "stage", "team", "user"], ignoreOrder: true);
        types["stage"]["permissions"]!["write"]!.GetValue<string>().ShouldBe("pipelines:write");
        types["user"]["permissions"]!["purge"].ShouldBeNull();
    }

    [Fact]
    public async Task A_record_type_tells_what_a_form_and_a_filter_need()
    {
        var deal = (await fixture.Client.SendAsync("GET", "/api/v1/meta/objects/deal")).Body!;

        deal["plural"]!.GetValue<string>().ShouldBe("deals");
        var name = Field(deal, "name");
        name["kind"]!.GetValue<string>().ShouldBe("text");
        name["required"]!.GetValue<bool>().ShouldBeTrue();
        name["maxLength"]!.GetValue<int>().ShouldBe(200);
        var status = Field(deal, "status");
        status["readOnly"]!.GetValue<bool>().ShouldBeTrue();
        status["choices"]!.AsArray().Select(c => (string)c!).ShouldBe(["open", "won", "lost"]);
        var probability = Field(deal, "probability");
        ((int)probability["min"]!, (int)probability["max"]!).ShouldBe((0, 100));
        Field(deal, "description")["operators"]!.AsArray().ShouldBeEmpty();
        Field(deal, "description")["sortable"]!.GetValue<bool>().ShouldBeFalse();
        Field(deal, "id")["fixedAfterCreate"]!.GetValue<bool>().ShouldBeTrue();
        deal["relations"]!.AsArray().Select(r => $"{r!["name"]} {r["field"]} {r["recordType"]}").ShouldContain("company companyId company");
    }

    [Fact]
    public async Task Every_operator_told_is_taken_and_every_sortable_field_sorts()
    {
        foreach (var type in (await fixture.Client.SendAsync("GET", "/api/v1/meta/objects")).Body!["data"]!.AsArray())
        {
            foreach (var field in type!["fields"]!.AsArray().Where(f => f!["operators"]!.AsArray().Any(op => (string)op! == "isNull")))
                (await fixture.Client.SendAsync("GET", $"/api/v1/{type["path"]}?filter[{field!["name"]}][isNull]=true&limit=1")).Status.ShouldBe(HttpStatusCode.OK, $"{type["name"]} {field["name"]}");
            foreach (var field in type["fields"]!.AsArray().Where(f => (bool)f!["sortable"]!))
                (await fixture.Client.SendAsync("GET", $"/api/v1/{type["path"]}?sort={field!["name"]}&limit=1")).Status.ShouldBe(HttpStatusCode.OK, $"{type["name"]} {field["name"]}");
        }
    }

    [Fact]
    public async Task What_is_no_record_type_is_404_and_who_is_not_signed_in_gets_401()
    {
        using var nobody = fixture.Api.CreateClient();

        (await fixture.Client.SendAsync("GET", "/api/v1/meta/objects/unicorn")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await nobody.SendAsync("GET", "/api/v1/meta/objects")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static JsonNode Field(JsonNode type, string name) => type["fields"]!.AsArray().Single(f => (string?)f!["name"] == name)!;
}
