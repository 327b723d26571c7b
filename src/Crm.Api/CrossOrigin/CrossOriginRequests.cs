using Crm.Api.Identity;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Crm.Api.CrossOrigin;

/// <summary>
/// Lets pages of the configured origins call the API from a browser (CORS, the Fetch standard), with their cookies; those of all others
/// not.
/// </summary>
internal sealed class CrossOriginRequests : IModule
{
    private static readonly TimeSpan PreflightLasts = TimeSpan.FromMinutes(10);

    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];

    private static readonly string[] Taken =
    [
        HeaderNames.Authorization, HeaderNames.ContentType, HeaderNames.IfMatch, HeaderNames.IfNoneMatch,
        "X-Tenant", "X-API-Key", "X-Correlation-Id", "Idempotency-Key", CsrfGuard.Header,
    ];

    private static readonly string[] Shown =
        [HeaderNames.ETag, HeaderNames.Location, HeaderNames.RetryAfter, HeaderNames.WWWAuthenticate, "X-Correlation-Id", "RateLimit", "RateLimit-Policy"];

    /// <inheritdoc />
    public static void Register(IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<CrossOriginOptions>, CrossOriginOptionsValidator>();
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<IOptions<CrossOriginOptions>>((cors, allowed) => cors.AddDefaultPolicy(policy => policy
            .WithOrigins([.. allowed.Value.Origins])
            .WithMethods(Methods)
            .WithHeaders(Taken)
            .WithExposedHeaders(Shown)
            .SetPreflightMaxAge(PreflightLasts)
            .AllowCredentials()));
    }
}

/// <summary>Puts the requests of other origins into the request pipeline.</summary>
internal static class CrossOriginApplication
{
    /// <summary>Answers preflights, and tells browsers which pages may read an answer; nothing at all when no origin is allowed.</summary>
    public static IApplicationBuilder UseCrossOriginRequests(this IApplicationBuilder app) =>
        app.ApplicationServices.GetRequiredService<IOptions<CrossOriginOptions>>().Value.Origins.Count > 0 ? app.UseCors() : app;
}
