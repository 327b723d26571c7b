using System.Globalization;
using System.Text.Json.Nodes;
using Crm.Api.Http;
using Microsoft.OpenApi;

namespace Crm.Api.OpenApi;

/// <summary>Everything an operation can answer with.</summary>
internal sealed class ResponseDocuments(CommonSchemas common, RecordSchemas records, TypeSchemas types)
{
    private const string ProblemType = "application/problem+json";

    private static readonly Dictionary<int, (string Name, string Description)> Problems = new()
    {
        [400] = ("BadRequest", "The request is not valid; errors tells every fault of it."),
        [401] = ("Unauthenticated", "There is no access token, or it does not hold; WWW-Authenticate tells which."),
        [403] = ("Forbidden", "The caller is known but may not do this."),
        [404] = ("NotFound", "There is no such record, or not for this tenant."),
        [413] = ("TooLarge", "The body is larger than is taken here."),
        [415] = ("UnsupportedMediaType", "The body is of a kind that is not taken here."),
        [429] = ("TooManyRequests", "Too many requests of this kind; Retry-After tells when to come back."),
        [500] = ("InternalError", "Something went wrong here; the trace id finds it in the log."),
        [503] = ("Unavailable", "Not possible at the moment, or too much asked for at once."),
    };

    /// <summary>The answers of an operation, by status.</summary>
    public OpenApiResponses Of(Operation operation, bool hasPathParameters)
    {
        var responses = new SortedDictionary<int, IOpenApiResponse> { [operation.SuccessStatus] = Success(operation) };
        if (operation.Kind == OperationKind.Get)
            responses[304] = new OpenApiResponse { Description = "The version at hand is the current one.", Headers = Headers(operation, location: false) };
        List<int> problems = operation.IsPublic ? [400, 429, 500, 503] : [400, 401, 403, 429, 500, 503];
        if (operation.Body is not null && operation.IsPublic)
            problems.AddRange([401, 403]);
        if (hasPathParameters)
            problems.Add(404);
        if (operation.TakesBody)
            problems.AddRange([413, 415]);
        foreach (var status in problems)
            responses[status] = Shared(status);
        if (operation.ConflictCodes() is { Count: > 0 } codes)
            responses[409] = Problem($"The request contradicts the state of the data: {string.Join(", ", codes)}.", common.Problem());
        if (operation.TakesVersion())
            responses[428] = Problem("The tenant demands that changes name a version, and this one does not.", common.Problem());
        if (operation.TakesVersion())
            responses[412] = Problem("The version named is no longer the current one.", operation.Record is { } type ? records.Stale(type) : common.Problem());

        var document = new OpenApiResponses();
        foreach (var (status, response) in responses)
            document[status.ToString(CultureInfo.InvariantCulture)] = response;
        return document;
    }

    private OpenApiResponse Success(Operation operation)
    {
        var (schema, example) = Shape(operation);
        return new OpenApiResponse
        {
            Description = operation.SuccessStatus switch
            {
                201 => "Created.",
                202 => operation.Answer is null ? "Accepted; a mail follows where there is somebody to write to." : "Accepted; the job tells how it goes.",
                204 => "Done.",
                _ => "What was asked for.",
            },
            Headers = Headers(operation, operation.SuccessStatus == 201 || operation is { SuccessStatus: 202, Answer: not null }),
            Content = schema is null ? null : new Dictionary<string, OpenApiMediaType> { ["application/json"] = new OpenApiMediaType { Schema = schema, Example = example } },
        };
    }

    private (IOpenApiSchema? Schema, JsonNode? Example) Shape(Operation operation) => operation switch
    {
        { SuccessStatus: StatusCodes.Status204NoContent } => (null, null),
        { Answer: { } answer } => (types.Answer(answer, operation.Record), null),
        { Kind: OperationKind.List or OperationKind.Query, Record: { } type } => (records.Page(type), null),
        { Kind: OperationKind.Get, Record: { } type } => (records.Read(type), Examples.Of(type)),
        { Record: { } type } => (records.Whole(type), Examples.Of(type)),
        _ => (null, null),
    };

    private static Dictionary<string, IOpenApiHeader> LimitHeaders() => new()
    {
        ["RateLimit-Policy"] = Header("The limits that the request falls under, such as \"authenticated\";q=300;w=60: so many (q) in so many seconds (w). Not there where there are none."),
        ["RateLimit"] = Header("How they stand, such as \"authenticated\";r=299;t=60: so many more would pass now (r), and more after so many seconds (t)."),
    };

    private static Dictionary<string, IOpenApiHeader> Headers(Operation operation, bool location)
    {
        var headers = LimitHeaders();
        if (operation.AnswersRecord())
            headers["ETag"] = Header("The version in quotes; not there when fields or expand was given.");
        if (location)
            headers["Location"] = Header("Where to read it.");
        return headers;
    }

    private static OpenApiHeader Header(string description) => new() { Description = description, Schema = SchemaRegistry.Text() };

    private OpenApiResponseReference Shared(int status)
    {
        var (name, description) = Problems[status];
        var document = common.Schemas.Document;
        if (document.Components?.Responses?.ContainsKey(name) != true)
            document.AddComponent(name, Problem(description, common.Problem(), status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable));
        return new OpenApiResponseReference(name, document);
    }

    private static OpenApiResponse Problem(string description, IOpenApiSchema schema, bool tellsWhen = false) => new()
    {
        Description = description,
        Headers = tellsWhen ? new Dictionary<string, IOpenApiHeader>(LimitHeaders()) { ["Retry-After"] = Header("How many seconds to wait; not there when another try would not help.") } : LimitHeaders(),
        Content = new Dictionary<string, OpenApiMediaType> { [ProblemType] = new OpenApiMediaType { Schema = schema } },
    };
}
