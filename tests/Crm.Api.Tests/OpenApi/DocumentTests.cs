using System.Net;
using System.Text.Json.Nodes;
using Crm.Api.Tests.Records;
using Crm.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.OpenApi;

public sealed class DocumentTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task The_document_is_for_everybody_and_the_same_on_every_node()
    {
        using var client = fixture.Api.CreateClient();
        await using var other = await ApiHost.StartAsync();
        using var elsewhere = other.CreateClient();

        var first = await client.SendAsync("GET", ApiDocument.Path);
        var again = await client.SendAsync("GET", ApiDocument.Path, null, ("If-None-Match", first.Headers["ETag"]));
        var second = await elsewhere.SendAsync("GET", ApiDocument.Path);

        first.Body!["openapi"]!.GetValue<string>().ShouldStartWith("3.1.");
        again.Status.ShouldBe(HttpStatusCode.NotModified);
        second.Text.ShouldBe(first.Text);
        second.Headers["ETag"].ShouldBe(first.Headers["ETag"]);
    }

    [Fact]
    public async Task Every_route_of_the_API_is_documented_and_nothing_else()
    {
        var document = await ApiDocument.ReadAsync(fixture.Api);
        var routes = fixture.Api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal))
            .SelectMany(e => e.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Select(m => $"{m} {e.RoutePattern.RawText}"));

        document.Operations.Select(o => $"{o.Method} {o.Path}").Order().ShouldBe(routes.Order());
    }

    [Fact]
    public async Task Every_operation_says_what_it_is_who_may_call_it_and_what_it_answers()
    {
        var document = await ApiDocument.ReadAsync(fixture.Api);
        var tags = document.Root["tags"]!.AsArray().Select(t => (string)t!["name"]!).ToList();

        document.Operations.Select(o => o.Id).ShouldBeUnique();
        document.Operations.ShouldSatisfyAllConditions([.. document.Operations.Select(operation => (Action)(() =>
        {
            var node = operation.Node;
            ((string?)node["summary"]).ShouldNotBeNullOrWhiteSpace(operation.Id);
            ((string?)node["description"]).ShouldNotBeNullOrWhiteSpace(operation.Id);
            tags.ShouldContain((string)node["tags"]![0]!);
            node["security"].ShouldNotBeNull(operation.Id);
            var responses = node["responses"]!.AsObject();
            responses.ShouldContainKey("400");
            responses.ShouldContainKey("500");
            responses.ContainsKey("401").ShouldBe(!operation.IsPublic || operation.Body is not null, operation.Id);
            var success = responses.Single(r => r.Key[0] == '2');
            (success.Value!["content"] is not null || success.Key is "202" or "204").ShouldBeTrue(operation.Id);
            (node["parameters"]?.AsArray() ?? []).ShouldAllBe(p => !string.IsNullOrWhiteSpace((string?)p!["description"]), operation.Id);
        }))]);
    }

    [Fact]
    public async Task No_schema_leaves_open_what_a_value_is()
    {
        var document = await ApiDocument.ReadAsync(fixture.Api);

        var open = new List<string>();
        foreach (var (name, schema) in document.Root["components"]!["schemas"]!.AsObject())
            Walk(schema!, name);
        foreach (var operation in document.Operations.Where(o => o.Body is not null))
            Walk(operation.Body!["schema"]!, operation.Id);
        open.ShouldBeEmpty();

        void Walk(JsonNode schema, string at)
        {
            if (schema["$ref"] is null && schema["type"] is null && schema["anyOf"] is null && schema["allOf"] is null)
                open.Add(at);
            foreach (var (name, member) in schema["properties"]?.AsObject() ?? [])
                Walk(member!, $"{at}.{name}");
            foreach (var part in (schema["anyOf"]?.AsArray() ?? []).Concat(schema["allOf"]?.AsArray() ?? []))
                Walk(part!, at);
            if (schema["items"] is { } items)
                Walk(items, $"{at}[]");
            else if (((string[])["array"]).Contains(schema["type"]?.ToString()))
                open.Add($"{at}[]");
        }
    }

    [Fact]
    public async Task Fields_the_system_keeps_are_marked_and_can_not_be_sent()
    {
        var schemas = (await ApiDocument.ReadAsync(fixture.Api)).Root["components"]!["schemas"]!;

        schemas["Contact"]!["properties"]!["version"]!["readOnly"]!.GetValue<bool>().ShouldBeTrue();
        schemas["ContactCreate"]!["properties"]!.AsObject().ShouldNotContainKey("version");
        schemas["ContactCreate"]!["properties"]!.AsObject().ShouldContainKey("id");
        schemas["ContactUpdate"]!["properties"]!.AsObject().ShouldNotContainKey("id");
        schemas["DealCreate"]!["required"]!.AsArray().Select(n => (string)n!).ShouldBe(["name"]);
        schemas["Contact"]!["properties"]!["jobTitle"]!["type"]!.AsArray().Select(t => (string)t!).ShouldBe(["null", "string"], ignoreOrder: true);
        schemas["Contact"]!["properties"]!["lifecycleStage"]!["enum"].ShouldBeNull("Answers may hold further choices.");
        schemas["Contact"]!["properties"]!["lifecycleStage"]!["x-extensible-enum"]!.AsArray().Count.ShouldBe(5);
    }

    [Fact]
    public async Task The_parameters_documented_are_the_ones_taken()
    {
        var document = await ApiDocument.ReadAsync(fixture.Api);
        foreach (var operation in document.Operations.Where(o => o.Method == "GET" && !o.Path.Contains('{', StringComparison.Ordinal) && !o.Path.Contains("/host/", StringComparison.Ordinal)))
        {
            foreach (var name in (operation.Node["parameters"]?.AsArray() ?? []).Where(p => (string?)p!["in"] == "query").Select(p => (string)p!["name"]!))
            {
                foreach (var parameter in name == "filter" ? ["filter[id][isNull]", "filter[id]", "filter[name]"] : new[] { name })
                {
                    // Nothing that is sent may be more than a fault of the client's; a parameter that is not known would be one of its own.
                    var taken = await fixture.Client.SendAsync("GET", $"{operation.Path}?{parameter}=%00");
                    ((int)taken.Status).ShouldBeLessThan(500, $"{operation.Id} {parameter}: {taken.Text}");
                    (taken.Body?["errors"]?.AsArray() ?? []).ShouldAllBe(e => (string?)e!["code"] != "unknown_parameter", $"{operation.Id} {parameter}");
                }
            }

            var refused = await fixture.Client.SendAsync("GET", operation.Path + "?nonsense=1");
            refused.Faults.ShouldBe(["nonsense unknown_parameter"], operation.Id);
        }
    }
}
