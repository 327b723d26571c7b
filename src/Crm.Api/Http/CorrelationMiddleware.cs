using System.Buffers;
using System.Diagnostics;

namespace Crm.Api.Http;

/// <summary>
/// Gives each request the identity that log lines, changes and the client share: the one the client sent, when it is harmless, else the
/// trace's.
/// </summary>
internal sealed class CorrelationMiddleware
{
    /// <summary>The header, in requests and in answers.</summary>
    public const string HeaderName = "X-Correlation-Id";

    /// <summary>The longest identity taken.</summary>
    public const int MaxLength = 64;

    private static readonly SearchValues<char> Harmless = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

    private readonly RequestDelegate _next;

    public CorrelationMiddleware(RequestDelegate next)
    {
        _next = next;

        // Identities that begin with the time land side by side in the index of the change log; random ones touch a page of it each.
        Activity.TraceIdGenerator ??= NewTraceId;
    }

    /// <summary>Makes the identity of a trace that begins with the time: a UUIDv7.</summary>
    public static ActivityTraceId NewTraceId() => ActivityTraceId.CreateFromString(Guid.CreateVersion7().ToString("N"));

    public Task InvokeAsync(HttpContext context)
    {
        var sent = context.Request.Headers[HeaderName].ToString();
        context.TraceIdentifier = sent.Length is > 0 and <= MaxLength && !sent.AsSpan().ContainsAnyExcept(Harmless)
            ? sent
            : (Activity.Current?.TraceId ?? NewTraceId()).ToHexString();
        context.Response.OnStarting(static state =>
        {
            var answered = (HttpContext)state;
            answered.Response.Headers[HeaderName] = answered.TraceIdentifier;
            return Task.CompletedTask;
        }, context);
        return _next(context);
    }
}
