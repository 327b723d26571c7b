using System.Globalization;
using System.Runtime.CompilerServices;
using Crm.Application.RateLimiting;

namespace Crm.Api.RateLimiting;

/// <summary>
/// Tells a client how its limits stand, in the headers of draft-ietf-httpapi-ratelimit-headers; when the answer begins, so that it stands
/// on
/// failures too.
/// </summary>
internal sealed class LimitAnswer(HttpContext context)
{
    private const string PolicyHeader = "RateLimit-Policy";
    private const string StandingHeader = "RateLimit";
    private const string Separator = ", ";
    private const int MillisecondsOfSecond = 1000;
    private const int UsualLength = 256;

    private LimitCheck? _before;
    private LimitCheck? _last;

    /// <summary>Takes a place for the request, and tells of it; twice at most.</summary>
    public ValueTask<bool> TakeAsync(IRateLimiter limiter, LimitCheck check)
    {
        if (_last is null)
            context.Response.OnStarting(static answer => ((LimitAnswer)answer).WriteAsync(), this);
        (_before, _last) = (_last, check);
        return limiter.TakeAsync(check, context.RequestAborted);
    }

    private Task WriteAsync()
    {
        var policy = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[UsualLength]);
        var standing = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[UsualLength]);
        long wait = 0;
        var separator = "";
        foreach (var check in (ReadOnlySpan<LimitCheck?>)[_before, _last])
        {
            foreach (ref readonly var use in check is null ? [] : check.Uses)
            {
                policy.AppendLiteral(separator);
                policy.AppendLiteral(use.Rule.Policy);
                standing.AppendLiteral(separator);
                standing.AppendLiteral("\"");
                standing.AppendLiteral(use.Rule.Name);
                standing.AppendLiteral("\";r=");
                standing.AppendFormatted(use.Remaining);
                standing.AppendLiteral(";t=");
                standing.AppendFormatted(Seconds(use.ResetMilliseconds));
                separator = Separator;
                wait = Math.Max(wait, use.WaitMilliseconds);
            }
        }

        var headers = context.Response.Headers;
        headers[PolicyHeader] = policy.ToStringAndClear();
        headers[StandingHeader] = standing.ToStringAndClear();
        if (wait > 0)
            headers.RetryAfter = Seconds(wait).ToString(CultureInfo.InvariantCulture);
        return Task.CompletedTask;
    }

    // Whoever comes back after so many seconds must not come too early.
    private static long Seconds(long milliseconds) => (milliseconds + MillisecondsOfSecond - 1) / MillisecondsOfSecond;
}
