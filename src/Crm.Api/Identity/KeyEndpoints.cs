using Crm.Api.Http;
using Crm.Application.Identity;

namespace Crm.Api.Identity;

/// <summary>The public keys for those who check access tokens themselves.</summary>
internal sealed class KeyEndpoints : IEndpointGroup
{
    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/.well-known/jwks.json", WriteKeysAsync).AllowAnonymous();

    private static Task WriteKeysAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "public, max-age=300";
        var keys = context.RequestServices.GetRequiredService<IPublicKeys>().Keys;
        return context.WriteJsonAsync(StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("keys");
            foreach (var key in keys)
            {
                json.WriteStartObject();
                json.WriteString("kty", "EC");
                json.WriteString("crv", "P-256");
                json.WriteString("use", "sig");
                json.WriteString("alg", "ES256");
                json.WriteString("kid", key.Id);
                json.WriteString("x", key.X);
                json.WriteString("y", key.Y);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }, "application/jwk-set+json");
    }
}
