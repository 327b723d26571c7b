using System.Security.Cryptography;
using Crm.Api.Http;

namespace Crm.Api.Docs;

/// <summary>The API's documentation for people. It comes from this server alone and works without any other.</summary>
internal sealed class DocsEndpoints : IEndpointGroup
{
    // The pages load their own script, style and document, and nothing else from anywhere.
    private const string OnlyItself =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string Html = "text/html; charset=utf-8";

    public static void Map(IEndpointRouteBuilder app)
    {
        MapFile(app, "/docs", Html, () => Resource("reference.html"));
        MapFile(app, "/docs/reference.js", "text/javascript; charset=utf-8", () => Resource("reference.js"));
        MapFile(app, "/docs/docs.css", "text/css; charset=utf-8", () => Resource("docs.css"));
        MapFile(app, "/docs/icon.svg", "image/svg+xml; charset=utf-8", () => Resource("icon.svg"));
        MapFile(app, "/docs/errors", Html, () => ErrorPage.Render(ErrorCatalogue.Read(), Resource("errors.html")));
    }

    private static void MapFile(IEndpointRouteBuilder app, string path, string contentType, Func<string> read)
    {
        var file = new Lazy<(byte[] Content, string Tag)>(() =>
        {
            var content = System.Text.Encoding.UTF8.GetBytes(read());
            return (content, $"\"{Convert.ToHexStringLower(SHA256.HashData(content)[..16])}\"");
        });
        app.MapGet(path, context =>
        {
            var (content, tag) = file.Value;
            context.Response.Headers.ContentSecurityPolicy = OnlyItself;
            context.Response.Headers.ETag = tag;
            context.Response.Headers.CacheControl = "public, no-cache";
            if (context.Has(tag))
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }

            context.Response.ContentType = contentType;
            context.Response.ContentLength = content.Length;
            return context.Response.Body.WriteAsync(content, context.RequestAborted).AsTask();
        });
    }

    private static string Resource(string name)
    {
        using var stream = typeof(DocsEndpoints).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The file {name} is not part of the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
