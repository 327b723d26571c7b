using System.Text.Json;
using Crm.Application.Records;
using Microsoft.OpenApi;

namespace Crm.Api.OpenApi;

/// <summary>
/// The schemas of a record type, made from its description: <c>Contact</c>, <c>ContactCreate</c>, <c>ContactQuery</c> and so on.
/// </summary>
internal sealed class RecordSchemas(CommonSchemas common)
{
    private readonly FieldSchemas _fields = new(common);
    private readonly FilterSchemas _filters = new(common);

    /// <summary>The name of a record type among schemas.</summary>
    public static string NameOf(RecordType type) => string.Concat(type.Name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    /// <summary>A whole record.</summary>
    public OpenApiSchemaReference Whole(RecordType type) => common.Schemas.Refer(NameOf(type), () => CommonSchemas.Described(
        SchemaRegistry.Output(Members(type), type.Fields.Select(f => f.Name)), $"A whole {type.Noun}; related records stand in it when expand asks for them.", Examples.Of(type)));

    /// <summary>A record of which some fields were asked for.</summary>
    public OpenApiSchemaReference Selection(RecordType type) => common.Schemas.Refer(NameOf(type) + "Selection", () => CommonSchemas.Described(
        SchemaRegistry.Output(Members(type)), $"What fields and expand ask for of {type.OneNoun}."));

    /// <summary>A record as it is read: whole, unless <c>fields</c> says otherwise.</summary>
    public OpenApiSchema Read(RecordType type) => SchemaRegistry.AnyOf(Whole(type), Selection(type));

    /// <summary>A page of records.</summary>
    public OpenApiSchemaReference Page(RecordType type) => common.Schemas.Refer(NameOf(type) + "Page", () => CommonSchemas.Described(
        SchemaRegistry.Output(
        [
            new("data", CommonSchemas.Described(SchemaRegistry.List(Read(type)), $"The {type.Nouns}, in the order asked for.")),
            new("page", common.PageInfo()),
            new("count", CommonSchemas.Described(common.RecordCount(), "There when count asks for it.")),
        ], "data", "page"), $"A page of {type.Nouns}."));

    /// <summary>The body of a create.</summary>
    public OpenApiSchemaReference Create(RecordType type) => common.Schemas.Refer(NameOf(type) + "Create", () => CommonSchemas.Described(
        SchemaRegistry.Input(Sent(type, patch: false), type.Fields.Where(f => f.IsRequired).Select(f => f.Name)), $"A new {type.Noun}.", Examples.OfCreate(type)));

    /// <summary>The body of an update.</summary>
    public OpenApiSchemaReference Update(RecordType type) => common.Schemas.Refer(NameOf(type) + "Update", () => CommonSchemas.Described(
        SchemaRegistry.Input(Sent(type, patch: true)),
        $"Changes to {type.OneNoun} (RFC 7396): what is left out is kept, null clears, lists are replaced.", Examples.OfUpdate(type)));

    /// <summary>The body of a query.</summary>
    public OpenApiSchemaReference Query(RecordType type) => common.Schemas.Refer(NameOf(type) + "Query", () => CommonSchemas.Described(
        SchemaRegistry.Input(
        [
            new("filter", _filters.Filter(type)),
            new("sort", SortKeys(type)),
            new("fields", Fields(type)),
            new("expand", Expanded(type)),
            new("limit", Limit()),
            new("cursor", CommonSchemas.Described(SchemaRegistry.OrNull(SchemaRegistry.Text(maxLength: RecordLimits.Cursor)), "The nextCursor of the page before; null or left out for the first page.")),
            new("count", Count()),
        ]), $"A question to the {type.Nouns}.", Examples.OfQuery()));

    /// <summary>A stale version's problem, with the record as it stands.</summary>
    public OpenApiSchemaReference Stale(RecordType type) => common.Schemas.Refer($"Stale{NameOf(type)}", () => new OpenApiSchema
    {
        Description = $"The {type.Noun} has changed since it was read.",
        AllOf =
        [
            common.Problem(),
            SchemaRegistry.Output([new("current", CommonSchemas.Described(SchemaRegistry.OrNull(Whole(type)), $"The {type.Noun} as it stands now."))], "current"),
        ],
    });

    /// <summary>A filter in a body.</summary>
    public OpenApiSchemaReference Filter(RecordType type) => _filters.Filter(type);

    /// <summary>The <c>filter</c> parameter.</summary>
    public OpenApiSchemaReference FilterParameter(RecordType type) => _filters.Parameter(type);

    /// <summary>An order.</summary>
    public OpenApiSchema SortKeys(RecordType type) => CommonSchemas.Described(
        SchemaRegistry.List(common.Schemas.Refer(NameOf(type) + "Sort", () => CommonSchemas.Described(
            SchemaRegistry.OneOf(RecordPaths.Fields(type).Where(p => p.Field.Sortable).SelectMany(p => new[] { p.Text, "-" + p.Text })), "A field to sort by; with a hyphen in front the largest comes first.")), RecordLimits.SortKeys),
        "The order; -createdAt when left out. Missing values come last, the id breaks ties.");

    /// <summary>A choice of fields.</summary>
    public OpenApiSchema Fields(RecordType type) => CommonSchemas.Described(
        SchemaRegistry.List(common.Schemas.Refer(NameOf(type) + "Field", () => CommonSchemas.Described(
            SchemaRegistry.OneOf(RecordPaths.Fields(type).Select(p => p.Text)), $"A field of {type.OneNoun}, or of a record it refers to.")), RecordLimits.LargestPage),
        "The fields to answer; all when left out.");

    /// <summary>A choice of related records.</summary>
    public OpenApiSchema Expanded(RecordType type) => CommonSchemas.Described(
        SchemaRegistry.List(common.Schemas.Refer(NameOf(type) + "Expand", () => CommonSchemas.Described(
            SchemaRegistry.OneOf(RecordPaths.Relations(type).Select(p => p.Text)), "A relation to follow.")), RecordLimits.Expanded),
        "The related records to answer beside their ids.");

    /// <summary>The size of a page.</summary>
    public static OpenApiSchema Limit() => new()
    {
        Type = JsonSchemaType.Integer,
        Format = "int32",
        Minimum = "1",
        Maximum = RecordLimits.LargestPage.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Description = "How many at most in a page.",
    };

    /// <summary>Whether to count.</summary>
    public static OpenApiSchema Count() => CommonSchemas.Described(
        SchemaRegistry.OneOf(Enum.GetNames<CountMode>().Select(JsonNamingPolicy.CamelCase.ConvertName)),
        "Whether to count over all pages: estimated is exact up to 10,000 and cheap, exact is exact whatever it costs.");

    private IEnumerable<KeyValuePair<string, IOpenApiSchema>> Members(RecordType type) =>
    [
        .. type.Fields.Select(f => KeyValuePair.Create(f.Name, _fields.Answered(f))),
        .. type.Relations.OrderBy(r => r.Name, StringComparer.Ordinal).Select(r => KeyValuePair.Create<string, IOpenApiSchema>(r.Name, Related(r))),
    ];

    // Named, because the record types refer to one another in circles.
    private OpenApiSchemaReference Related(Relation relation)
    {
        var name = $"Related{NameOf(relation.Target)}";
        return common.Schemas.Refer(name, () => CommonSchemas.Described(
            SchemaRegistry.AnyOf(Whole(relation.Target), Selection(relation.Target), new OpenApiSchema { Type = JsonSchemaType.Null }),
            $"The {relation.Target.Noun} referred to, when expand or fields asks for it; null when there is none."));
    }

    private IEnumerable<KeyValuePair<string, IOpenApiSchema>> Sent(RecordType type, bool patch) =>
        type.Fields.Where(f => f.Write == FieldWrite.Always || (f.Write == FieldWrite.OnCreate && !patch)).Select(f => KeyValuePair.Create(f.Name, _fields.Sent(f, patch)));
}
