using System.Diagnostics.Metrics;
using Crm.Api.Audit;
using Crm.Api.Http;
using Crm.Application.RateLimiting;

namespace Crm.Api.RateLimiting;

/// <summary>Tells operators of requests that were too many.</summary>
internal static class LimitRefusals
{
    private static readonly Meter Meter = new(RateLimitOptions.MeterName);
    private static readonly Counter<long> Refused = Meter.CreateCounter<long>("crm.ratelimit.refused", "{request}", "Requests refused by a rate limit, by the name of the limit.");

    /// <summary>
    /// Counts a refused request by each limit that refused it; attempts to prove who somebody is are kept in the log, too.
    /// </summary>
    public static void TellRefused(this HttpContext context, Operation operation, LimitCheck check)
    {
        foreach (ref readonly var use in check.Uses)
        {
            if (use.WaitMilliseconds > 0)
                Refused.Add(1, new KeyValuePair<string, object?>("limit", use.Rule.Name));
        }

        if (operation.RateLimit == RateLimitClass.Login)
            context.CountAttempt(operation);
    }
}
