using Crm.Application.Identity.Lockout;
using Crm.Infrastructure.Redis;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.Identity.Lockout;

/// <summary>
/// Counts attempts in Redis and keeps what failed in the database too, so that a sign-in without a failure writes no row, and nothing that
/// failed is lost with Redis: every
/// count begins from what the database has kept. While Redis is away the database counts alone.
/// </summary>
internal sealed class RedisLockout(IRedis redis, DatabaseLockout database, IOptions<LockoutOptions> options) : ILockoutCounter
{
    // What comes while it is locked is not counted and prolongs nothing.
    private static readonly RedisScript Count = new("""
        local count = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), tonumber(ARGV[1]))
        if count < tonumber(ARGV[2]) then
            redis.call('SET', KEYS[1], count + 1, 'PX', ARGV[3])
        end
        return {count + 1}
        """);

    private static readonly RedisScript Forget = new("return {redis.call('DEL', unpack(KEYS))}");

    public async Task<int> BeginAsync(LockoutKey key, CancellationToken cancellationToken)
    {
        var kept = await database.PeekAsync(key, cancellationToken);
        try
        {
            var counted = await redis.RunAsync(
                Count, [KeyOf(key.Account, key.Device)],
            [kept, options.Value.Failures, (long)options.Value.Duration.TotalMilliseconds], cancellationToken);
            return (int)counted[0];
        }
        catch (RedisAwayException)
        {
            return await database.BeginAsync(key, cancellationToken);
        }
    }

    public Task KeepAsync(LockoutKey key, int number, CancellationToken cancellationToken) =>
        database.RaiseAsync(key, number, cancellationToken);

    public async Task ClearAsync(LockoutKey key, CancellationToken cancellationToken)
    {
        await database.ClearAsync(key, cancellationToken);
        await ForgetAsync([KeyOf(key.Account, key.Device)], cancellationToken);
    }

    public async Task UnlockAsync(Guid account, CancellationToken cancellationToken)
    {
        var devices = await database.RemoveAsync(account, cancellationToken);
        await ForgetAsync([KeyOf(account, Guid.Empty), .. devices.Select(device => KeyOf(account, device))], cancellationToken);
    }

    public Task<bool> TakeUnlockAsync(Guid account, CancellationToken cancellationToken) =>
        database.TakeUnlockAsync(account, cancellationToken);

    public Task<LockoutState> ReadAsync(Guid account, CancellationToken cancellationToken) =>
        database.ReadAsync(account, cancellationToken);

    private async Task ForgetAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        try
        {
            await redis.RunAsync(Forget, keys, [], cancellationToken);
        }
        catch (RedisAwayException)
        {
            // Redis forgets by itself, a lock's duration later at most.
        }
    }

    // The braces keep an account's keys on one server of a cluster, as a script needs them.
    private static string KeyOf(Guid account, Guid device) => RedisKeys.OfHost($"lockout:{{{account:N}}}:{device:N}");
}
