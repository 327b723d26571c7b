using System.Diagnostics;
using Crm.Application.Authorization;
using Crm.Application.Identity;

namespace Crm.Api.Http;

/// <summary>
/// Logs one line for each request: what was called and how it went. The route is logged, not the path, so that neither ids nor anything
/// else that was sent stands in the log.
/// </summary>
internal sealed partial class RequestLogMiddleware(RequestDelegate next, ILogger<RequestLogMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (!logger.IsEnabled(LogLevel.Information))
        {
            await next(context);
            return;
        }

        var started = Stopwatch.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            Log(context, Stopwatch.GetElapsedTime(started));
        }
    }

    private void Log(HttpContext context, TimeSpan elapsed)
    {
        var endpoint = context.GetEndpoint();
        var route = (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? "none";
        var request = endpoint?.Metadata.GetMetadata<Operation>()?.Request.Name;
        var tenant = context.User.FindFirst(TokenClaims.Tenant)?.Value;
        var user = context.RequestServices.GetRequiredService<ICaller>().UserId;
        var correlation = context.TraceIdentifier;
        if (context.Response.StatusCode >= StatusCodes.Status500InternalServerError)
            Failed(logger, KnownMethod(context.Request.Method), route, context.Response.StatusCode, elapsed.TotalMilliseconds, request, tenant, user, correlation);
        else
            Answered(logger, KnownMethod(context.Request.Method), route, context.Response.StatusCode, elapsed.TotalMilliseconds, request, tenant, user, correlation);
    }

    // A method may be any word a client thinks of.
    private static string KnownMethod(string method) => HttpMethods.GetCanonicalizedValue(method) is var known
        && known is "GET" or "POST" or "PUT" or "PATCH" or "DELETE" or "HEAD" or "OPTIONS" or "TRACE" or "CONNECT" ? known : "other";

#pragma warning disable SYSLIB1015 // The message stays short; what it leaves out stands in the line as values.
    [LoggerMessage(1, LogLevel.Information, "{Method} {Route} {Status} in {Milliseconds:F1} ms", EventName = "RequestAnswered")]
    private static partial void Answered(ILogger logger, string method, string route, int status, double milliseconds, string? request, string? tenantId, Guid? userId, string correlationId);

    [LoggerMessage(2, LogLevel.Warning, "{Method} {Route} {Status} in {Milliseconds:F1} ms", EventName = "RequestFailed")]
    private static partial void Failed(ILogger logger, string method, string route, int status, double milliseconds, string? request, string? tenantId, Guid? userId, string correlationId);
#pragma warning restore SYSLIB1015
}
