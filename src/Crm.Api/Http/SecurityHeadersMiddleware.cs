namespace Crm.Api.Http;

/// <summary>Puts the security headers on every answer, errors included.</summary>
internal sealed class SecurityHeadersMiddleware(RequestDelegate next)
{
    /// <summary>What an answer that is only data may do in a browser: nothing.</summary>
    private const string NothingAllowed = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(static state =>
        {
            var headers = ((HttpContext)state).Response.Headers;
            headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
            if (headers.ContentSecurityPolicy.Count == 0)
                headers.ContentSecurityPolicy = NothingAllowed;
            if (headers.CacheControl.Count == 0)
                headers.CacheControl = "private, no-cache";
            return Task.CompletedTask;
        }, context);
        return next(context);
    }
}
