using System.Buffers;
using System.Diagnostics;

namespace Crm.Api.Http;

/// <summary>
/// Gives each request the identity that log lines, changes and the client share: the one the client sent, when it is harmless, else the
/// trace's.
/// </summary>
internal sealed class CorrelationMiddleware(RequestDelegate next)
{
    /// <summary>The header, in requests and in answers.</summary>
    public const string HeaderName = "X-Correlation-Id";

    /// <summary>The longest identity taken.</summary>
    public const int MaxLength = 64;

    private static readonly SearchValues<char> Harmless = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

    public Task InvokeAsync(HttpContext context)
    {
        var sent = context.Request.Headers[HeaderName].ToString();
        context.TraceIdentifier = sent.Length is > 0 and <= MaxLength && !sent.AsSpan().ContainsAnyExcept(Harmless)
            ? sent
            : (Activity.Current?.TraceId ?? ActivityTraceId.CreateRandom()).ToHexString();
        context.Response.OnStarting(static state =>
        {
            var answered = (HttpContext)state;
            answered.Response.Headers[HeaderName] = answered.TraceIdentifier;
            return Task.CompletedTask;
        }, context);
        return next(context);
    }
}
