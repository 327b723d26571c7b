using System.Text.Json.Nodes;
using Crm.Api.Http;
using Crm.Application.Jobs;
using Crm.Application.Records;
using Microsoft.OpenApi;

namespace Crm.Api.OpenApi;

/// <summary>Makes the document's operations from those of the endpoints.</summary>
internal sealed class OperationDocuments
{
    private const string Json = "application/json";

    private readonly OpenApiDocument _document;
    private readonly XmlDescriptions _descriptions;
    private readonly string _userScheme;
    private readonly string _keyScheme;
    private readonly RecordSchemas _records;
    private readonly TypeSchemas _types;
    private readonly QueryParameters _parameters;
    private readonly ResponseDocuments _responses;

    public OperationDocuments(OpenApiDocument document, RecordModel types, JobTypes jobs, XmlDescriptions descriptions, string userScheme, string keyScheme)
    {
        var common = new CommonSchemas(new SchemaRegistry(document));
        (_document, _descriptions, _userScheme, _keyScheme) = (document, descriptions, userScheme, keyScheme);
        _records = new RecordSchemas(common);
        _types = new TypeSchemas(common, _records, types, jobs, descriptions);
        _parameters = new QueryParameters(_records);
        _responses = new ResponseDocuments(common, _records, _types);
    }

    /// <summary>Documents an operation.</summary>
    public OpenApiOperation Of(Operation operation, string tag, IEnumerable<string> pathParameters)
    {
        var path = pathParameters.ToList();
        return new OpenApiOperation
        {
            OperationId = operation.Request.Name,
            Summary = operation.Summary,
            Description = $"{_descriptions.Of(operation.Request)} {operation.Access()}".Trim(),
            Tags = new HashSet<OpenApiTagReference> { new(tag, _document) },
            Security = [.. Schemes(operation).Select(scheme => new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(scheme, _document)] = [] })],
            Parameters = [.. _parameters.Of(operation, path)],
            RequestBody = operation.TakesBody ? Body(operation) : null,
            Responses = _responses.Of(operation, path.Count > 0),
        };
    }

    private IEnumerable<string> Schemes(Operation operation)
    {
        if (operation.IsPublic)
            return [];
        return operation.TakesKeys() ? [_userScheme, _keyScheme] : [_userScheme];
    }

    private OpenApiRequestBody Body(Operation operation)
    {
        (IOpenApiSchema Schema, JsonNode? Example) shape = operation switch
        {
            { Body: { } type } => (_types.Body(type, operation.Record), operation.BodyMediaType == Json ? _types.Example(type) : null),
            { Kind: OperationKind.Create, Record: { } type } => (_records.Create(type), Examples.OfCreate(type)),
            { Kind: OperationKind.Update, Record: { } type } => (_records.Update(type), Examples.OfUpdate(type)),
            { Record: { } type } => (_records.Query(type), Examples.OfQuery()),
            _ => throw new InvalidOperationException($"{operation.Request.Name} does not say what it takes."),
        };
        string[] mediaTypes = operation switch
        {
            { Kind: OperationKind.Update } => ["application/merge-patch+json", Json],
            _ => [operation.BodyMediaType],
        };
        return new OpenApiRequestBody
        {
            Required = !operation.BodyIsOptional,
            Content = mediaTypes.ToDictionary(m => m, _ => new OpenApiMediaType { Schema = shape.Schema, Example = shape.Example?.DeepClone() }),
        };
    }
}
