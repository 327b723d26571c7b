using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Crm.Api.OpenApi;

/// <summary>The named schemas of a document: each is made when it is first referred to, so that none stands there unused.</summary>
internal sealed class SchemaRegistry(OpenApiDocument document)
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>The document.</summary>
    public OpenApiDocument Document { get; } = document;

    /// <summary>Refers to a named schema.</summary>
    public OpenApiSchemaReference Refer(string name, Func<OpenApiSchema> make)
    {
        // The name is taken before the schema is made: a filter holds filters.
        if (_names.Add(name))
            Document.AddComponent(name, make());
        return new OpenApiSchemaReference(name, Document);
    }

    /// <summary>A schema or nothing.</summary>
    public static IOpenApiSchema OrNull(IOpenApiSchema schema)
    {
        if (schema is OpenApiSchema { Type: { } type, Enum: null } plain)
        {
            plain.Type = type | JsonSchemaType.Null;
            return plain;
        }

        return AnyOf(schema, new OpenApiSchema { Type = JsonSchemaType.Null });
    }

    /// <summary>At least one of several schemas.</summary>
    public static OpenApiSchema AnyOf(params IEnumerable<IOpenApiSchema> schemas) => new() { AnyOf = [.. schemas] };

    /// <summary>A text.</summary>
    public static OpenApiSchema Text(string? format = null, int? maxLength = null) => new() { Type = JsonSchemaType.String, Format = format, MaxLength = maxLength };

    /// <summary>One of a closed set of texts.</summary>
    public static OpenApiSchema OneOf(IEnumerable<string> choices) => new() { Type = JsonSchemaType.String, Enum = [.. choices.Select(c => (JsonNode)c)] };

    /// <summary>One of a set of texts that may grow: clients must expect further ones.</summary>
    public static OpenApiSchema OneOfGrowing(IReadOnlyList<string> choices) => new()
    {
        Type = JsonSchemaType.String,
        Description = $"At present one of {string.Join(", ", choices)}; expect further ones.",
        Extensions = new Dictionary<string, IOpenApiExtension>
        {
            ["x-extensible-enum"] = new JsonNodeExtension(new JsonArray([.. choices.Select(c => (JsonNode)c)])),
        },
    };

    /// <summary>A list.</summary>
    public static OpenApiSchema List(IOpenApiSchema items, int? maxItems = null) => new() { Type = JsonSchemaType.Array, Items = items, MaxItems = maxItems };

    /// <summary>An object that a client sends: no further members are taken.</summary>
    public static OpenApiSchema Input(IEnumerable<KeyValuePair<string, IOpenApiSchema>> members, params IEnumerable<string> required)
    {
        var schema = Output(members, required);
        schema.AdditionalPropertiesAllowed = false;
        return schema;
    }

    /// <summary>An object that the API answers: it may grow.</summary>
    public static OpenApiSchema Output(IEnumerable<KeyValuePair<string, IOpenApiSchema>> members, params IEnumerable<string> required)
    {
        var names = required.ToHashSet(StringComparer.Ordinal);
        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = new Dictionary<string, IOpenApiSchema>(members),
            Required = names.Count == 0 ? null : names,
        };
    }
}
