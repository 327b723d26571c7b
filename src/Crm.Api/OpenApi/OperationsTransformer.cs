using Crm.Api.ApiKeys;
using Crm.Api.Http;
using Crm.Application;
using Crm.Application.Jobs;
using Crm.Application.Records;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Crm.Api.OpenApi;

/// <summary>Fills the document from what the endpoints say of themselves; nothing is written down twice.</summary>
internal sealed class OperationsTransformer(EndpointDataSource endpoints, RecordModel types, JobTypes jobs) : IOpenApiDocumentTransformer
{
    private const string BearerScheme = "bearer";
    private const string ApiKeyScheme = "apiKey";

    private const string About = """
        The API of a multi-tenant CRM. Sign in, then send the access token as `Authorization: Bearer`; it decides whose data is seen. Programs send an API key as `X-API-Key` instead.

        - Lists, queries and filters are the same for every record type; `GET /api/v1/meta/objects` tells the fields at run time.
        - Errors are problem details (RFC 9457) with a stable `code`; see [/docs/errors](/docs/errors).
        - What is not known is refused, never ignored: members, fields, operators and query parameters.
        - Within v1 answers may get further members, and sets of choices further values.
        - Every answer carries `X-Correlation-Id`: the one that was sent, when it is 1–64 letters, digits, `-` or `_`, else one made here.
        """;

    /// <inheritdoc />
    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo { Title = "CRM API", Version = "v1", Description = About, Contact = new OpenApiContact { Name = "The operator of this server" } };
        document.Servers = [new OpenApiServer { Url = "/", Description = "This server." }];
        document.AddComponent(BearerScheme, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "JWT",
            Description = "The accessToken of a sign-in.",
        });

        document.AddComponent(ApiKeyScheme, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Header,
            Name = ApiKeyCredential.HeaderName,
            Description = "An API key; taken as bearer too.",
        });

        var descriptions = new XmlDescriptions(typeof(OperationsTransformer).Assembly, typeof(ApplicationServices).Assembly);
        var build = new OperationDocuments(document, types, jobs, descriptions, BearerScheme, ApiKeyScheme);
        var found = endpoints.Endpoints.OfType<RouteEndpoint>()
            .Select(e => (Endpoint: e, Operation: e.Metadata.GetMetadata<Operation>(), Path: "/" + e.RoutePattern.RawText!.TrimStart('/')))
            .Where(e => e.Operation is not null)
            .OrderBy(e => e.Path, StringComparer.Ordinal).ToList();

        document.Paths = [];
        foreach (var path in found.GroupBy(e => e.Path))
        {
            var item = new OpenApiPathItem();
            foreach (var (endpoint, operation, _) in path.OrderBy(e => MethodOf(e.Endpoint), StringComparer.Ordinal))
                item.AddOperation(new HttpMethod(MethodOf(endpoint)), build.Of(operation!, Tag(endpoint), endpoint.RoutePattern.Parameters.Select(p => p.Name)));
            document.Paths.Add(path.Key, item);
        }

        document.Tags = found.Select(e => Tag(e.Endpoint)).Distinct().Order(StringComparer.Ordinal).Select(name => new OpenApiTag { Name = name }).ToHashSet();
        return Task.CompletedTask;
    }

    private static string MethodOf(RouteEndpoint endpoint) => endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods[0];

    // Where a group names none, what stands in the path behind the version, and behind the parts that only say for whom it is.
    private static string Tag(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<ITagsMetadata>() is { Tags: [var tag, ..] } ? tag
        : endpoint.RoutePattern.RawText!.Split('/', StringSplitOptions.RemoveEmptyEntries).Skip(2).First(part => part is not ("admin" or "host"));
}
