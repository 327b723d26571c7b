using System.Diagnostics.Metrics;

namespace Crm.Application.RateLimiting;

/// <summary>Whose count it is.</summary>
/// <param name="Kind">What is counted.</param>
/// <param name="WindowSeconds">In which window: counts of different windows do not mix.</param>
/// <param name="TenantId">The tenant; <see cref="Guid.Empty"/> for none.</param>
/// <param name="Subject">The user, tenant, address or account.</param>
public readonly record struct LimitKey(LimitKind Kind, int WindowSeconds, Guid TenantId, Guid Subject);

/// <summary>One limit that a request falls under, and how it stands.</summary>
public struct LimitUse
{
    /// <summary>The rule.</summary>
    public LimitRule Rule { get; init; }

    /// <summary>Whose count it is.</summary>
    public LimitKey Key { get; init; }

    /// <summary>How many more would pass at present.</summary>
    public long Remaining { get; set; }

    /// <summary>When more will pass than now, in milliseconds from now.</summary>
    public long ResetMilliseconds { get; set; }

    /// <summary>How long to wait, in milliseconds; zero when this limit does not refuse the request.</summary>
    public long WaitMilliseconds { get; set; }
}

/// <summary>The limits that one request falls under. They are taken all or none: a request that one of them refuses uses up none.</summary>
public sealed class LimitCheck
{
    // Address, user or public, payment or AI, tenant.
    private const int Most = 4;

    private readonly LimitUse[] _uses = new LimitUse[Most];
    private int _count;

    /// <summary>The limits, in the order of their kinds.</summary>
    public Span<LimitUse> Uses => _uses.AsSpan(0, _count);

    /// <summary>Adds a limit.</summary>
    public void Add(LimitRule? rule, Guid tenantId, Guid subject)
    {
        if (rule is not null)
            _uses[_count++] = new LimitUse { Rule = rule, Key = new LimitKey(rule.Kind, (int)rule.Window.TotalSeconds, tenantId, subject) };
    }
}

/// <summary>The measurements of rate limits, under the meter of requests.</summary>
public static class LimitMetrics
{
    private static readonly Meter Meter = new(RateLimitOptions.MeterName);

    private static readonly Counter<long> Refused = Meter.CreateCounter<long>(
        "crm.ratelimit.refused", "{request}", "Requests refused by a rate limit, by the name of the limit.");

    /// <summary>Counts a refused request by each limit that refused it.</summary>
    public static void CountRefused(LimitCheck check)
    {
        foreach (ref readonly var use in check.Uses)
        {
            if (use.WaitMilliseconds > 0)
                Refused.Add(1, new KeyValuePair<string, object?>("limit", use.Rule.Name));
        }
    }
}
