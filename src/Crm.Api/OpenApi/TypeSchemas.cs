using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Crm.Api.Http;
using Crm.Api.Jobs;
using Crm.Application.Jobs;
using Crm.Application.Records;
using Crm.Domain.Common;
using Microsoft.OpenApi;

namespace Crm.Api.OpenApi;

/// <summary>
/// The schemas of bodies and answers that are no records, made from the same contract of their types by which they are read and written:
/// what may be null may be left out of a body, and an answer always has all members.
/// </summary>
internal sealed class TypeSchemas(CommonSchemas common, RecordSchemas records, RecordModel types, JobTypes jobs, XmlDescriptions descriptions)
{
    private static readonly JsonSerializerOptions Contract = new(JsonSerializerDefaults.Web) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    /// <summary>A type as a body.</summary>
    public IOpenApiSchema Body(Type type, RecordType? record) => Of(type, record, sent: true);

    /// <summary>A type as an answer.</summary>
    public IOpenApiSchema Answer(Type type, RecordType? record) => Of(type, record, sent: false);

    /// <summary>A body that fits: what must be there; where nothing must, a filter, or else everything.</summary>
    public JsonNode? Example(Type type)
    {
        if (Contract.GetTypeInfo(type) is not { Kind: JsonTypeInfoKind.Object } shape)
            return null;
        var members = shape.Properties.Where(p => !MayBeNull(p)).ToList();
        if (members.Count == 0)
            members = [.. shape.Properties.Where(p => PartOf(p) == RecordPart.Filter)];
        if (members.Count == 0)
            members = [.. shape.Properties.Take(2)];
        return new JsonObject(members.Select(p => KeyValuePair.Create(p.Name, ExampleOf(p))));
    }

    private JsonNode? ExampleOf(JsonPropertyInfo property)
    {
        if (property.AttributeProvider?.GetCustomAttributes(typeof(AllowedValuesAttribute), true) is [AllowedValuesAttribute allowed])
            return (string)allowed.Values[0]!;
        if (PartOf(property) is { } part)
            return part == RecordPart.TypeName ? types.All[0].Name : Examples.OfFilter();
        if (Items(property.PropertyType) is { } items)
            return new JsonArray(Example(items) ?? Examples.OfMember(property.Name, items));
        return Example(property.PropertyType) ?? Examples.OfMember(property.Name, Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType);
    }

    private IOpenApiSchema Of(Type type, RecordType? record, bool sent)
    {
        if (Nullable.GetUnderlyingType(type) is { } value)
            return SchemaRegistry.OrNull(Of(value, record, sent));
        if (Scalar(type) is { } scalar)
            return scalar;
        if (type == typeof(Money))
            return sent ? common.MoneyInput() : common.Money();
        if (type == typeof(JsonElement))
            return common.LoggedValue();
        if (type == typeof(PageInfo))
            return common.PageInfo();
        if (type == typeof(RecordDocument))
            return record is null ? new OpenApiSchema() : records.Read(record);
        if (type == typeof(JobOutcome))
            return jobs.Results is [var only] ? Of(only, record, sent) : SchemaRegistry.AnyOf(jobs.Results.Select(result => Of(result, record, sent)));
        if (Values(type) is { } values)
            return new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = Of(values, record, sent) };
        if (Items(type) is { } items)
            return SchemaRegistry.List(Of(items, record, sent));
        if (Contract.GetTypeInfo(type).Kind != JsonTypeInfoKind.Object)
            return new OpenApiSchema();
        return common.Schemas.Refer(NameOf(type), () => Object(type, record, sent));
    }

    // That a type carries data over the wire is plain in the document.
    private static string NameOf(Type type) => type.Name.EndsWith("Dto", StringComparison.Ordinal) ? type.Name[..^3] : type.Name;

    private OpenApiSchema Object(Type type, RecordType? record, bool sent)
    {
        var properties = Contract.GetTypeInfo(type).Properties.Where(p => p.Get is not null).ToList();
        var members = properties.Select(p => KeyValuePair.Create(p.Name, Member(type, p, record, sent)));
        var schema = sent
            ? SchemaRegistry.Input(members, properties.Where(p => !MayBeNull(p)).Select(p => p.Name))
            : SchemaRegistry.Output(members, properties.Where(p => !IsLeftOutWhenNull(p)).Select(p => p.Name));
        return CommonSchemas.Described(schema, descriptions.Of(type));
    }

    private IOpenApiSchema Member(Type type, JsonPropertyInfo property, RecordType? record, bool sent)
    {
        var schema = PartOf(property) is { } part ? Part(part, property.PropertyType, record)
            : property.AttributeProvider?.GetCustomAttributes(typeof(AllowedValuesAttribute), true) is [AllowedValuesAttribute allowed]
                ? Choice([.. allowed.Values.Cast<string>()], sent)
                : Of(property.PropertyType, record, sent);
        if (MayBeNull(property) && (sent || !IsLeftOutWhenNull(property)) && Nullable.GetUnderlyingType(property.PropertyType) is null)
            schema = SchemaRegistry.OrNull(schema);
        var name = property.AttributeProvider is PropertyInfo declared ? declared.Name : property.Name;
        return CommonSchemas.Described(schema, descriptions.Of(type, name));
    }

    private IOpenApiSchema Part(RecordPart part, Type type, RecordType? record) => part switch
    {
        RecordPart.Record when Items(type) is not null => SchemaRegistry.List(Each(record, records.Read)),
        RecordPart.Record => Each(record, records.Whole),
        RecordPart.Filter => Each(record, records.Filter),
        RecordPart.Fields => Each(record, records.Fields),
        RecordPart.Expand => Each(record, records.Expanded),
        RecordPart.TypeName => SchemaRegistry.OneOf(types.All.Select(t => t.Name)),
        _ when Values(type) is not null => new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = common.FieldValue() },
        _ when Items(type) is not null => SchemaRegistry.List(common.FieldValue()),
        _ => common.FieldValue(),
    };

    private IOpenApiSchema Each(RecordType? record, Func<RecordType, IOpenApiSchema> make) =>
        record is not null ? make(record) : SchemaRegistry.AnyOf(types.All.Select(make));

    private static OpenApiSchema Choice(IReadOnlyList<string> choices, bool sent) => sent ? SchemaRegistry.OneOf(choices) : SchemaRegistry.OneOfGrowing(choices);

    private static OpenApiSchema? Scalar(Type type) =>
        type == typeof(string) ? SchemaRegistry.Text()
        : type == typeof(Guid) ? SchemaRegistry.Text("uuid")
        : type == typeof(DateTime) || type == typeof(DateTimeOffset) ? SchemaRegistry.Text("date-time")
        : type == typeof(DateOnly) ? SchemaRegistry.Text("date")
        : type == typeof(bool) ? new OpenApiSchema { Type = JsonSchemaType.Boolean }
        : type == typeof(int) ? new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32" }
        : type == typeof(long) ? new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64" }
        : type == typeof(double) || type == typeof(decimal) ? new OpenApiSchema { Type = JsonSchemaType.Number }
        : type == typeof(IFormFile) ? SchemaRegistry.Text("binary")
        : null;

    private static Type? Items(Type type) =>
        type == typeof(string) ? null : Closed(type, typeof(IEnumerable<>))?.GetGenericArguments()[0];

    private static Type? Values(Type type) => (Closed(type, typeof(IReadOnlyDictionary<,>)) ?? Closed(type, typeof(IDictionary<,>)))?.GetGenericArguments()[1];

    private static Type? Closed(Type type, Type definition) =>
        type.GetInterfaces().Prepend(type).FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == definition);

    private static RecordPart? PartOf(JsonPropertyInfo property) =>
        property.AttributeProvider?.GetCustomAttributes(typeof(RecordPartAttribute), true) is [RecordPartAttribute found] ? found.Part : null;

    private static bool IsLeftOutWhenNull(JsonPropertyInfo property) =>
        property.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), true) is [JsonIgnoreAttribute { Condition: JsonIgnoreCondition.WhenWritingNull }];

    // The rule by which typed bodies are read.
    private static bool MayBeNull(JsonPropertyInfo property) => property.AssociatedParameter?.IsNullable ?? property.IsSetNullable;
}
