using System.Globalization;
using System.Runtime.CompilerServices;
using Crm.Application.RateLimiting;

namespace Crm.Api.RateLimiting;

/// <summary>Tells a client how its limits are used, in the headers of draft-ietf-httpapi-ratelimit-headers.</summary>
internal sealed class LimitHeaders
{
    private const string PolicyHeader = "RateLimit-Policy";
    private const string UseHeader = "RateLimit";
    private const string Separator = ", ";
    private const int MillisecondsOfSecond = 1000;
    private const int UsualLength = 256;

    private readonly HttpContext _context;
    private readonly LimitCheck _check;

    private LimitHeaders(HttpContext context, LimitCheck check) => (_context, _check) = (context, check);

    /// <summary>Writes the headers when the answer begins, failures included. The check may be filled until then, or stay empty.</summary>
    public static void Report(HttpContext context, LimitCheck check) =>
        context.Response.OnStarting(static headers => ((LimitHeaders)headers).WriteAsync(), new LimitHeaders(context, check));

    private Task WriteAsync()
    {
        if (_check.Uses.IsEmpty)
            return Task.CompletedTask;

        var policy = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[UsualLength]);
        var remaining = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[UsualLength]);
        long wait = 0;
        var separator = "";
        foreach (ref readonly var use in _check.Uses)
        {
            policy.AppendLiteral(separator);
            policy.AppendLiteral(use.Rule.Policy);
            remaining.AppendLiteral(separator);
            remaining.AppendLiteral("\"");
            remaining.AppendLiteral(use.Rule.Name);
            remaining.AppendLiteral("\";r=");
            remaining.AppendFormatted(use.Remaining);
            remaining.AppendLiteral(";t=");
            remaining.AppendFormatted(Seconds(use.ResetMilliseconds));
            separator = Separator;
            wait = Math.Max(wait, use.WaitMilliseconds);
        }

        Put(PolicyHeader, policy.ToStringAndClear());
        Put(UseHeader, remaining.ToStringAndClear());
        if (wait > 0)
            _context.Response.Headers.RetryAfter = Seconds(wait).ToString(CultureInfo.InvariantCulture);
        return Task.CompletedTask;
    }

    // What is registered last is written first: a check that was made earlier goes in front.
    private void Put(string name, string items)
    {
        var headers = _context.Response.Headers;
        headers[name] = headers.TryGetValue(name, out var later) ? items + Separator + later : items;
    }

    // A client that comes back after so many seconds must not come too early.
    private static long Seconds(long milliseconds) => (milliseconds + MillisecondsOfSecond - 1) / MillisecondsOfSecond;
}
