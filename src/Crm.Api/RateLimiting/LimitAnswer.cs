using System.Globalization;
using System.Text;
using Crm.Application.RateLimiting;

namespace Crm.Api.RateLimiting;

/// <summary>
/// Tells a client how its limits stand, in the headers of draft-ietf-httpapi-ratelimit-headers; when the answer begins, so that it stands on
/// failures too.
/// </summary>
/// <param name="context">The request.</param>
internal sealed class LimitAnswer(HttpContext context)
{
    private const string PolicyHeader = "RateLimit-Policy";
    private const string StandingHeader = "RateLimit";
    private const int MillisecondsOfSecond = 1000;

    private readonly List<LimitCheck> _checks = new(1);

    /// <summary>Takes a place for the request, and tells of it.</summary>
    /// <param name="limiter">The limiter.</param>
    /// <param name="check">What the request falls under.</param>
    /// <returns>Whether it may pass.</returns>
    public ValueTask<bool> TakeAsync(IRateLimiter limiter, LimitCheck check)
    {
        _checks.Add(check);
        if (_checks.Count == 1)
            context.Response.OnStarting(static answer => ((LimitAnswer)answer).WriteAsync(), this);
        return limiter.TakeAsync(check, context.RequestAborted);
    }

    private Task WriteAsync()
    {
        var (policy, standing) = (new StringBuilder(), new StringBuilder());
        long wait = 0;
        foreach (var check in _checks)
        {
            foreach (ref readonly var use in check.Uses)
            {
                policy.Append(policy.Length == 0 ? "" : ", ").Append(use.Rule.Policy);
                standing.Append(CultureInfo.InvariantCulture, $"{(standing.Length == 0 ? "" : ", ")}\"{use.Rule.Name}\";r={use.Remaining};t={Seconds(use.ResetMilliseconds)}");
                wait = Math.Max(wait, use.WaitMilliseconds);
            }
        }

        var headers = context.Response.Headers;
        headers[PolicyHeader] = policy.ToString();
        headers[StandingHeader] = standing.ToString();
        if (wait > 0)
            headers.RetryAfter = Seconds(wait).ToString(CultureInfo.InvariantCulture);
        return Task.CompletedTask;
    }

    // Whoever comes back after so many seconds must not come too early.
    private static long Seconds(long milliseconds) => (milliseconds + MillisecondsOfSecond - 1) / MillisecondsOfSecond;
}
