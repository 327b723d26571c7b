using System.Text.Json.Nodes;
using Crm.Api.Http;
using Crm.Application.Records;
using Microsoft.OpenApi;

namespace Crm.Api.OpenApi;

/// <summary>Everything an operation takes besides its body: path, query string and headers.</summary>
internal sealed class QueryParameters(RecordSchemas records)
{
    /// <summary>The parameters of an operation.</summary>
    public IEnumerable<IOpenApiParameter> Of(Operation operation, IEnumerable<string> pathParameters)
    {
        foreach (var name in pathParameters)
            yield return Path(name);
        if (operation.TakesFilters)
            yield return Filter(operation.Record!);
        foreach (var name in operation.QueryParameters)
            yield return Query(name, operation);
        if (operation.Kind == OperationKind.Get)
            yield return Header("If-None-Match", "The ETag of the version at hand; answered with 304 while it is still the current one.");
        if (operation.TakesVersion())
            yield return Header("If-Match", "The ETag of the version to change, or a list of up to 20 of them; answered with 412 when none is the current one. * is for any.");
    }

    private static OpenApiParameter Path(string name) => new()
    {
        Name = name,
        In = ParameterLocation.Path,
        Required = true,
        Description = IsId(name) ? "The id; one that is no UUID is the id of nothing." : "The name.",
        Schema = SchemaRegistry.Text(IsId(name) ? "uuid" : null),
    };

    private static bool IsId(string name) => name == "id" || name.EndsWith("Id", StringComparison.Ordinal);

    private OpenApiParameter Filter(RecordType type) => new()
    {
        Name = "filter",
        In = ParameterLocation.Query,
        Style = ParameterStyle.DeepObject,
        Explode = true,
        Description = "filter[field]=value, filter[field][operator]=value or filter[relation.field][operator]=value; a parameter may be repeated, and all must hold.",
        Schema = records.FilterParameter(type),
    };

    private OpenApiParameter Query(string name, Operation operation)
    {
        var schema = Schema(name, operation.Record);
        var isList = schema.Type == JsonSchemaType.Array;
        var parameter = new OpenApiParameter
        {
            Name = name,
            In = ParameterLocation.Query,
            Required = operation.RequiredParameters.Contains(name),
            Description = schema.Description,
            Schema = schema,
            Style = isList ? ParameterStyle.Form : null,
            Explode = !isList,
        };
        schema.Description = null;
        return parameter;
    }

    private OpenApiSchema Schema(string name, RecordType? record) => name switch
    {
        "sort" => records.SortKeys(record!),
        "fields" => records.Fields(record!),
        "expand" => records.Expanded(record!),
        "limit" => WithDefault(RecordSchemas.Limit(), 50),
        "count" => WithDefault(RecordSchemas.Count(), "none"),
        "cursor" => CommonSchemas.Described(SchemaRegistry.Text(), "The nextCursor of the page before; left out for the first page."),
        "purge" => CommonSchemas.Described(
            WithDefault(new OpenApiSchema { Type = JsonSchemaType.Boolean }, false),
            $"Whether the record is removed for good instead of being put in the trash; needs the permission {record!.PurgePermission}."),
        "userId" => CommonSchemas.Described(SchemaRegistry.Text("uuid"), "The user asked about."),
        "permission" => CommonSchemas.Described(SchemaRegistry.Text(), "The permission asked about, such as deals:write."),
        "field" => CommonSchemas.Described(SchemaRegistry.Text(), "The field asked about, such as amount; left out for the record as a whole."),
        "actor" => CommonSchemas.Described(SchemaRegistry.Text("uuid"), "The user or key that acted."),
        "action" => CommonSchemas.Described(SchemaRegistry.Text(), "What happened, such as updated or sign_in_failed; several are parted by commas, at most 20."),
        "recordType" => CommonSchemas.Described(SchemaRegistry.Text(), "The type of what is asked about, such as contact; needed where a record or a field of it is named."),
        "recordId" => CommonSchemas.Described(SchemaRegistry.Text("uuid"), "The record asked about; left out for none in particular."),
        "from" => CommonSchemas.Described(SchemaRegistry.Text("date-time"), "The first instant, itself included."),
        "to" => CommonSchemas.Described(SchemaRegistry.Text("date-time"), "The last instant, itself not included."),
        "address" => CommonSchemas.Described(SchemaRegistry.Text(), "The IP address it came from."),
        "correlationId" => CommonSchemas.Described(SchemaRegistry.Text(), "The trace or job it belongs to."),
        "origin" => CommonSchemas.Described(SchemaRegistry.Text(), "The name of the request, such as UpdateContact."),
        _ => SchemaRegistry.Text(),
    };

    private static OpenApiParameter Header(string name, string description) => new()
    {
        Name = name,
        In = ParameterLocation.Header,
        Description = description,
        Schema = CommonSchemas.Described(SchemaRegistry.Text(), "", JsonValue.Create("\"3\"")),
    };

    private static OpenApiSchema WithDefault(OpenApiSchema schema, JsonNode value)
    {
        schema.Default = value;
        return schema;
    }
}
