using Crm.Application.RateLimiting;
using Crm.Infrastructure.Redis;

namespace Crm.Infrastructure.RateLimiting;

/// <summary>Counts for all nodes as long as Redis answers, and for this one alone while it does not.</summary>
[Singleton]
internal sealed class RateLimiter(LocalRateLimiter local, IRedis? redis = null) : IRateLimiter
{
    private readonly SharedRateLimiter? _shared = redis is null ? null : new SharedRateLimiter(redis);

    public ValueTask<bool> TakeAsync(LimitCheck check, CancellationToken cancellationToken) =>
        _shared is null || redis!.IsAway ? ValueTask.FromResult(local.Take(check)) : new ValueTask<bool>(TakeAsync(_shared, check, cancellationToken));

    private async Task<bool> TakeAsync(SharedRateLimiter shared, LimitCheck check, CancellationToken cancellationToken)
    {
        try
        {
            var passes = await shared.TakeAsync(check, cancellationToken);
            KeepInMind(check);
            return passes;
        }
        catch (RedisAwayException)
        {
            return local.Take(check);
        }
    }

    // Nobody gets a fresh start here when Redis goes away, least of all whoever is guessing.
    private void KeepInMind(LimitCheck check)
    {
        foreach (ref readonly var use in check.Uses)
            local.Learn(use);
    }
}
