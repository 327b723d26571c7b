using System.Text.Json.Nodes;

namespace Crm.Attack;

/// <summary>An operation as the document tells it.</summary>
/// <param name="Id">The operationId.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path with its parameters in braces.</param>
/// <param name="Parameters">The names in path, query and headers, with where they stand.</param>
/// <param name="MediaType">The media type of its body; <c>null</c> when it takes none.</param>
/// <param name="Example">A body that fits; <c>null</c> when it takes none.</param>
internal sealed record ApiOperation(string Id, string Method, string Path, IReadOnlyList<(string Name, string In)> Parameters, string? MediaType, JsonNode? Example)
{
    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete"];

    // Deep enough for every body there is; a schema that refers to itself ends here.
    private const int MaxDepth = 6;

    /// <summary>Reads all operations.</summary>
    public static IReadOnlyList<ApiOperation> ReadAll(JsonNode document)
    {
        var operations = new List<ApiOperation>();
        foreach (var (path, item) in document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in item!.AsObject().Where(m => Methods.Contains(m.Key)))
            {
                var body = operation!["requestBody"]?["content"]?.AsObject().FirstOrDefault();
                operations.Add(new ApiOperation(
                    (string)operation["operationId"]!, method.ToUpperInvariant(), path,
                    [.. (operation["parameters"]?.AsArray() ?? []).Select(p => Resolve(document, p!)).Select(p => ((string)p["name"]!, (string)p["in"]!))],
                    body?.Key, body is { Value: { } media } ? media["example"]?.DeepClone() ?? Value(document, media["schema"], 0) : null));
            }
        }

        return operations;
    }

    private static JsonNode? Value(JsonNode document, JsonNode? schema, int depth)
    {
        if (schema is null || depth > MaxDepth)
            return null;
        schema = Resolve(document, schema);
        if ((schema["anyOf"] ?? schema["oneOf"] ?? schema["allOf"]) is JsonArray { Count: > 0 } choices)
            return Value(document, choices[0], depth + 1);
        if (schema["enum"] is JsonArray { Count: > 0 } values)
            return values[0]?.DeepClone();
        var type = schema["type"] is JsonArray several ? (string)several[0]! : (string?)schema["type"];
        return type switch
        {
            "object" => new JsonObject((schema["properties"]?.AsObject() ?? []).Select(p => KeyValuePair.Create(p.Key, Value(document, p.Value, depth + 1)))),
            "array" => new JsonArray(Value(document, schema["items"], depth + 1)),
            "integer" or "number" => 1,
            "boolean" => true,
            _ => (string?)schema["format"] is "uuid" ? Guid.CreateVersion7().ToString() : "text",
        };
    }

    private static JsonNode Resolve(JsonNode document, JsonNode node)
    {
        while ((string?)node["$ref"] is { } reference)
            node = reference[2..].Split('/').Aggregate(document, (at, part) => at[part]!);
        return node;
    }
}
