using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Crm.Api.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Crm.Api.OpenApi;

/// <summary>The OpenAPI document over HTTP, for everybody. It is made once and stays the same until the code changes.</summary>
internal sealed class OpenApiEndpoints : IEndpointGroup
{
    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/openapi/v1.json", async context =>
    {
        var (content, tag) = await context.RequestServices.GetRequiredService<OpenApiDocumentFile>().ReadAsync();
        context.Response.Headers.ETag = tag;
        context.Response.Headers.CacheControl = "public, max-age=300";
        context.Response.Headers.AccessControlAllowOrigin = "*";
        if (context.Has(tag))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = content.Length;
        await context.Response.Body.WriteAsync(content, context.RequestAborted);
    });
}

/// <summary>The OpenAPI document as bytes, made when it is first asked for.</summary>
[Singleton]
internal sealed class OpenApiDocumentFile(IServiceProvider services) : IModule
{
    /// <summary>The document's name, which is the version of the API.</summary>
    public const string Name = "v1";

    private readonly Lock _lock = new();
    private Task<(ReadOnlyMemory<byte> Content, string Tag)>? _made;

    /// <inheritdoc />
    public static void Register(IServiceCollection services) => services.AddOpenApi(Name, options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer<OperationsTransformer>();
    });

    /// <summary>Reads the document.</summary>
    public Task<(ReadOnlyMemory<byte> Content, string Tag)> ReadAsync()
    {
        lock (_lock)
            return _made is null or { IsFaulted: true } ? _made = MakeAsync() : _made;
    }

    private async Task<(ReadOnlyMemory<byte> Content, string Tag)> MakeAsync()
    {
        await using var scope = services.CreateAsyncScope();
        var document = await scope.ServiceProvider.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name).GetOpenApiDocumentAsync(CancellationToken.None);
        await using var text = new StringWriter(CultureInfo.InvariantCulture);
        document.SerializeAsV31(new OpenApiJsonWriter(text, new OpenApiJsonWriterSettings { Terse = true }));
        var content = Encoding.UTF8.GetBytes(text.ToString());
        return (content, $"\"{Convert.ToHexStringLower(SHA256.HashData(content)[..16])}\"");
    }
}
