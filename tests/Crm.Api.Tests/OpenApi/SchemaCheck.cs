using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Crm.Api.Tests.OpenApi;

/// <summary>
/// Holds values against the document's schemas: the part of JSON Schema the document uses, and an error for every other part.
/// </summary>
internal sealed class SchemaCheck(JsonNode document)
{
    private static readonly HashSet<string> Words =
    [
        "type", "format", "properties", "required", "additionalProperties", "items", "enum", "anyOf", "allOf", "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties",
        "minimum", "maximum", "pattern", "description", "examples", "default", "readOnly", "x-extensible-enum", "$ref",
    ];

    /// <summary>Finds what does not fit.</summary>
    public IReadOnlyList<string> Misfits(JsonNode schema, JsonNode? value, string at = "")
    {
        if (schema["$ref"] is { } reference)
            return Misfits(Resolve(reference), value, at);
        if (schema.AsObject().FirstOrDefault(member => !Words.Contains(member.Key)).Key is { } unknown)
            return [$"{at}: this check does not know '{unknown}'"];
        if (schema["anyOf"]?.AsArray() is { } any && any.All(part => Misfits(part!, value, at).Count > 0))
            return [$"{at}: fits none: {string.Join("; ", any.SelectMany(part => Misfits(part!, value, at)))}"];

        var misfits = (schema["allOf"]?.AsArray() ?? []).SelectMany(part => Misfits(part!, value, at)).ToList();
        var types = schema["type"] switch { JsonArray several => [.. several.Select(t => (string)t!)], { } one => [(string)one!], _ => Array.Empty<string>() };
        if (types.Length > 0 && !types.Any(type => IsOf(type, value)))
            return [.. misfits, $"{at}: {value?.ToJsonString() ?? "null"} is no {string.Join(" or ", types)}"];
        if (schema["enum"]?.AsArray() is { } choices && !choices.Any(choice => JsonNode.DeepEquals(choice, value)))
            misfits.Add($"{at}: {value} is none of the choices");
        misfits.AddRange(value switch
        {
            JsonObject members => OfObject(schema, members, at),
            JsonArray items => OfArray(schema, items, at),
            JsonValue scalar => OfScalar(schema, scalar, at),
            _ => [],
        });
        return misfits;
    }

    public JsonNode Resolve(JsonNode reference) =>
        ((string)reference!)[2..].Split('/').Aggregate(document, (node, step) => node[step] ?? throw new InvalidOperationException($"{reference} leads nowhere."));

    private IEnumerable<string> OfObject(JsonNode schema, JsonObject members, string at)
    {
        foreach (var name in (schema["required"]?.AsArray() ?? []).Select(n => (string)n!).Where(n => !members.ContainsKey(n)))
            yield return $"{at}/{name}: missing";
        if (members.Count < (int?)schema["minProperties"] || members.Count > ((int?)schema["maxProperties"] ?? int.MaxValue))
            yield return $"{at}: {members.Count} members";
        foreach (var (name, value) in members)
        {
            if (schema["properties"]?[name] is { } member)
                foreach (var misfit in Misfits(member, value, $"{at}/{name}"))
                    yield return misfit;
            else if (schema["additionalProperties"] is JsonObject other)
                foreach (var misfit in Misfits(other, value, $"{at}/{name}"))
                    yield return misfit;
            else if (schema["additionalProperties"]?.GetValueKind() == JsonValueKind.False)
                yield return $"{at}/{name}: not a member";
        }
    }

    private IEnumerable<string> OfArray(JsonNode schema, JsonArray items, string at)
    {
        if (items.Count < (int?)schema["minItems"] || items.Count > ((int?)schema["maxItems"] ?? int.MaxValue))
            yield return $"{at}: {items.Count} items";
        if (schema["items"] is { } each)
            foreach (var misfit in items.SelectMany((item, i) => Misfits(each, item, $"{at}/{i.ToString(CultureInfo.InvariantCulture)}")))
                yield return misfit;
    }

    private static IEnumerable<string> OfScalar(JsonNode schema, JsonValue value, string at)
    {
        if (value.GetValueKind() == JsonValueKind.Number && ((decimal)value < (decimal?)schema["minimum"] || (decimal)value > (decimal?)schema["maximum"]))
            yield return $"{at}: {value} is out of range";
        if (value.GetValueKind() != JsonValueKind.String)
            yield break;

        var text = (string)value!;
        if (text.Length < (int?)schema["minLength"] || text.Length > (int?)schema["maxLength"])
            yield return $"{at}: {text.Length} characters";
        if ((string?)schema["pattern"] is { } pattern && !Regex.IsMatch(text, pattern, RegexOptions.None, TimeSpan.FromSeconds(1)))
            yield return $"{at}: {text} does not match {pattern}";
        var good = (string?)schema["format"] switch
        {
            "uuid" => Guid.TryParseExact(text, "D", out _),
            "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", out _),
            "date-time" => Regex.IsMatch(text, @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$", RegexOptions.None, TimeSpan.FromSeconds(1)),
            "email" => text.Contains('@', StringComparison.Ordinal),
            _ => true,
        };
        if (!good)
            yield return $"{at}: {text} is no {schema["format"]}";
    }

    private static bool IsOf(string type, JsonNode? value) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("null", JsonValueKind.Null) or ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) or ("number", JsonValueKind.Number) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("integer", JsonValueKind.Number) => (decimal)value!.AsValue() % 1 == 0,
        _ => false,
    };
}
