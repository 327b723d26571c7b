using Crm.Application.Caching;
using Crm.Application.RateLimiting;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.RateLimiting;

/// <summary>Counts for this node alone: the limiter where there is no Redis, and while it is away.</summary>
[Singleton]
internal sealed class LocalRateLimiter(IOptions<RateLimitOptions> options, TimeProvider time)
{
    private readonly BoundedMap<LimitKey, LocalCounter> _counters = new(options.Value.LocalCapacity);

    // Time begins with the process, a window back: no slice may have a number below zero.
    private readonly long _begin = time.GetTimestamp() - (time.TimestampFrequency * (long)TimeSpan.FromDays(2).TotalSeconds);

    /// <summary>Takes a place under every limit, or under none.</summary>
    public bool Take(LimitCheck check) => Take(check.Uses, Now(), mayPass: true);

    /// <summary>Takes over how a limit stands elsewhere.</summary>
    public void Learn(in LimitUse use)
    {
        var counter = Counter(use.Key);
        lock (counter.Gate)
            counter.Learn(use, Now());
    }

    // All counts are held until it is clear that all have a place left. They are always held in the order of their kinds, so nobody waits
    // in a circle.
    private bool Take(Span<LimitUse> uses, long now, bool mayPass)
    {
        if (uses.IsEmpty)
            return mayPass;
        ref var use = ref uses[0];
        var counter = Counter(use.Key);
        lock (counter.Gate)
        {
            use.WaitMilliseconds = counter.Look(use.Rule, now);
            var passes = Take(uses[1..], now, mayPass && use.WaitMilliseconds == 0);
            if (passes)
                counter.Add(use.Rule, now);
            counter.Tell(ref use, now);
            return passes;
        }
    }

    private LocalCounter Counter(LimitKey key) => _counters.GetOrAdd(key, static _ => new LocalCounter());

    private long Now() => (long)time.GetElapsedTime(_begin).TotalMilliseconds;
}
