using System.Text.Json.Nodes;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Isolation.Tests.Probing;

/// <summary>The API's own document against the prober: what clients are told of is what was probed, place by place.</summary>
[Collection(ProbedApi.Name)]
public sealed class DocumentTests(ProbedFixture probed)
{
    [Fact]
    public async Task Every_operation_of_the_document_was_probed_and_no_other()
    {
        var documented = (await OperationsAsync()).Select(o => $"{o.Method} {o.Path} {o.Operation["operationId"]}");

        documented.ShouldBe(probed.Operations.Select(o => $"{o.Method} {o.Path} {o.Name}"), ignoreOrder: true);
    }

    [Fact]
    public async Task Every_place_for_an_id_in_the_document_was_probed()
    {
        var document = await DocumentAsync();
        var missing = new List<string>();
        var places = 0;
        foreach (var (_, _, operation) in await OperationsAsync())
        {
            var name = operation["operationId"]!.GetValue<string>();
            var probedOperation = probed.Operations.Single(o => o.Name == name);
            if (probedOperation.RefusedWith is not null)
                continue;
            foreach (var place in Places(document, operation))
            {
                places++;
                if (!probedOperation.Slots.Any(s => s.Name == place || s.Name == "file " + place))
                    missing.Add($"{name}: {place}");
            }
        }

        missing.ShouldBeEmpty();
        places.ShouldBeGreaterThan(100);
    }

    private async Task<JsonNode> DocumentAsync() => (await probed.Tenants.Own.Tenant.Client.SendAsync("GET", "/openapi/v1.json")).Body!;

    private async Task<List<(string Method, string Path, JsonNode Operation)>> OperationsAsync() =>
        [.. (await DocumentAsync())["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Where(m => m.Key is "get" or "post" or "put" or "patch" or "delete")
            .Select(m => (m.Key.ToUpperInvariant(), path.Key, m.Value!)))];

    // Ids in the path, the query and the first level of the body; filters are schemas of their own, of which every path is tried.
    private static IEnumerable<string> Places(JsonNode document, JsonNode operation)
    {
        foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
        {
            var resolved = Resolve(document, parameter!);
            if (IsId(document, resolved["schema"]))
                yield return resolved["name"]!.GetValue<string>();
            foreach (var (name, _) in Properties(document, resolved["schema"]).Where(p => resolved["name"]!.GetValue<string>() == "filter" && MentionsId(document, p.Value!)))
                yield return $"filter[{name}]";
        }

        foreach (var content in operation["requestBody"]?["content"]?.AsObject().Select(c => c.Value!).Take(1) ?? [])
        {
            foreach (var (name, _) in Properties(document, content["schema"]).Where(p => IsId(document, p.Value)))
                yield return "/" + name;
        }
    }

    private static JsonObject Properties(JsonNode document, JsonNode? schema) =>
        schema is null ? [] : Resolve(document, schema)["properties"]?.AsObject() ?? [];

    private static bool IsId(JsonNode document, JsonNode? schema) =>
        schema is not null && (Resolve(document, schema)["format"]?.GetValue<string>() == "uuid" || (Resolve(document, schema)["anyOf"] ?? Resolve(document, schema)["oneOf"])?.AsArray().Any(s => IsId(document, s)) == true);

    private static bool MentionsId(JsonNode document, JsonNode schema) => Resolve(document, schema).ToJsonString().Contains("\"uuid\"", StringComparison.Ordinal);

    private static JsonNode Resolve(JsonNode document, JsonNode node) =>
        node["$ref"]?.GetValue<string>() is { } reference ? reference[2..].Split('/').Aggregate(document, (at, step) => at[step]!) : node;
}
