using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.Application.Records;
using Microsoft.OpenApi;

namespace Crm.Api.OpenApi;

/// <summary>The filter language, typed for each record type: as JSON in bodies, and as <c>filter[…]</c> in the query string.</summary>
internal sealed class FilterSchemas(CommonSchemas common)
{
    private const string Combined = "Several members must all hold.";

    /// <summary>A filter in a body.</summary>
    public OpenApiSchemaReference Filter(RecordType type)
    {
        var name = RecordSchemas.NameOf(type) + "Filter";
        return common.Schemas.Refer(name, () =>
        {
            IOpenApiSchema Self() => new OpenApiSchemaReference(name, common.Schemas.Document);
            IEnumerable<KeyValuePair<string, IOpenApiSchema>> members =
            [
                new("and", CommonSchemas.Described(SchemaRegistry.List(Self(), RecordLimits.FilterConditions), "All of them hold.")),
                new("or", CommonSchemas.Described(SchemaRegistry.List(Self(), RecordLimits.FilterConditions), "At least one of them holds.")),
                new("not", CommonSchemas.Described(Self(), "It does not hold.")),
                .. Filterable(type).Select(p => KeyValuePair.Create<string, IOpenApiSchema>(p.Text, Conditions(p.Field))),
            ];
            return CommonSchemas.Described(
                SchemaRegistry.Input(members), $"Which {type.Nouns} are meant. {Combined}",
                new JsonObject { ["createdAt"] = new JsonObject { ["gte"] = "2026-01-01T00:00:00Z" } });
        });
    }

    /// <summary>The <c>filter</c> parameter of a list.</summary>
    public OpenApiSchemaReference Parameter(RecordType type) => common.Schemas.Refer(RecordSchemas.NameOf(type) + "FilterParameter", () =>
        CommonSchemas.Described(
            SchemaRegistry.Input(Filterable(type).Select(p => KeyValuePair.Create<string, IOpenApiSchema>(p.Text, ParameterConditions(p.Field)))),
            $"Which {type.Nouns} are meant: filter[field]=value or filter[field][operator]=value. {Combined}"));

    private static IEnumerable<(string Text, Field Field)> Filterable(RecordType type) =>
        RecordPaths.Fields(type).Where(p => p.Field.Filterable);

    private OpenApiSchemaReference Conditions(Field field) => common.Schemas.Refer($"{field.Kind}Conditions", () =>
    {
        var conditions = SchemaRegistry.Input(FilterOperators.Of(field).Select(op => KeyValuePair.Create(NameOf(op), CommonSchemas.Described(Value(field.Kind, op), Meaning(op)))));
        conditions.MinProperties = 1;
        return CommonSchemas.Described(conditions, $"Conditions on {Words(field.Kind)}, at least one. {Combined}");
    });

    private OpenApiSchemaReference ParameterConditions(Field field) => common.Schemas.Refer($"{field.Kind}ConditionsParameter", () =>
    {
        var operators = SchemaRegistry.Input(FilterOperators.Of(field).Select(op =>
            KeyValuePair.Create<string, IOpenApiSchema>(NameOf(op), CommonSchemas.Described(ParameterValue(field.Kind, op), Meaning(op)))));
        return FilterOperators.Of(field).Contains(FilterOperator.Eq)
            ? CommonSchemas.Described(SchemaRegistry.AnyOf(ParameterValue(field.Kind, FilterOperator.Eq), operators), $"A value for eq, or conditions on {Words(field.Kind)}. {Combined}")
            : CommonSchemas.Described(operators, $"Conditions on {Words(field.Kind)}. {Combined}");
    });

    private IOpenApiSchema Value(FieldKind kind, FilterOperator op)
    {
        if (op == FilterOperator.IsNull)
            return new OpenApiSchema { Type = JsonSchemaType.Boolean };
        IOpenApiSchema one = kind switch
        {
            FieldKind.Money => SchemaRegistry.AnyOf(common.MoneyInput(), SchemaRegistry.Text(), new OpenApiSchema { Type = JsonSchemaType.Number }),
            FieldKind.Text or FieldKind.Choice or FieldKind.Tags or FieldKind.Emails => SchemaRegistry.Text(maxLength: RecordLimits.FilterText),
            _ => FieldSchemas.Scalar(kind),
        };
        if (!FilterOperators.TakesList(op))
            return one;
        var list = SchemaRegistry.List(one, op == FilterOperator.Between ? 2 : RecordLimits.FilterValues);
        list.MinItems = op == FilterOperator.Between ? 2 : null;
        return list;
    }

    private static OpenApiSchema ParameterValue(FieldKind kind, FilterOperator op) =>
        op == FilterOperator.IsNull ? new OpenApiSchema { Type = JsonSchemaType.Boolean }
        : FilterOperators.TakesList(op) ? CommonSchemas.Described(SchemaRegistry.Text(), "Comma-separated.")
        : kind == FieldKind.Money ? CommonSchemas.Described(SchemaRegistry.Text(), "Such as 100 (in the tenant's currency) or 100 EUR.")
        : FieldSchemas.Scalar(kind);

    private static string NameOf(FilterOperator op) => JsonNamingPolicy.CamelCase.ConvertName(op.ToString());

    private static string Words(FieldKind kind) => kind switch
    {
        FieldKind.Id => "an id",
        FieldKind.Text => "a text",
        FieldKind.Choice => "a choice",
        FieldKind.Integer => "a whole number",
        FieldKind.Money => "an amount; given without a currency it is in the tenant's",
        FieldKind.Boolean => "yes or no",
        FieldKind.Date => "a day",
        FieldKind.Timestamp => "an instant",
        FieldKind.Tags => "a list of tags",
        _ => "a list of e-mail addresses",
    };

    private static string Meaning(FilterOperator op) => op switch
    {
        FilterOperator.Eq => "Equal; texts with regard to case.",
        FilterOperator.Ne => "Not equal; a missing value is not.",
        FilterOperator.In => "Equal to one of them.",
        FilterOperator.Nin => "Equal to none of them; a missing value is.",
        FilterOperator.Lt => "Less than.",
        FilterOperator.Lte => "Less than or equal.",
        FilterOperator.Gt => "Greater than.",
        FilterOperator.Gte => "Greater than or equal.",
        FilterOperator.Between => "From the first to the second, both included.",
        FilterOperator.Contains => "Contains, without regard to case.",
        FilterOperator.StartsWith => "Begins with, without regard to case.",
        FilterOperator.IsNull => "Whether there is no value.",
        FilterOperator.Any => "Holds at least one of them.",
        _ => "Holds all of them.",
    };
}
