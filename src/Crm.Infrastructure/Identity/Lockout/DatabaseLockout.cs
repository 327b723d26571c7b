using System.Security.Cryptography;
using Crm.Application.Identity.Lockout;
using Crm.Infrastructure.Persistence;
using Crm.Infrastructure.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NpgsqlTypes;

namespace Crm.Infrastructure.Identity.Lockout;

/// <summary>
/// Counts in the CRM's own database, by its clock. A row that has expired counts for nothing, and is removed by those who come after.
/// </summary>
[Singleton(OnlyAsItself = true)]
internal sealed class DatabaseLockout(HostSession host, IOptions<LockoutOptions> options) : ILockoutCounter, IModule
{
    // Removes more than it adds, so that guesses at ever new addresses are kept as long as a lock lasts and no longer.
    private static readonly Sql Sweep = Sql.Of($"""
        WITH ended AS MATERIALIZED (
            SELECT account_id, device_id FROM lockouts WHERE expires_at < now() ORDER BY expires_at LIMIT 20 FOR UPDATE SKIP LOCKED)
        DELETE FROM lockouts l USING ended WHERE l.account_id = ended.account_id AND l.device_id = ended.device_id
        """);

    private const int MaxUnlocks = 3;

    /// <summary>Registers what counts: Redis where it is configured, else the database.</summary>
    public static void Register(IServiceCollection services) => services.AddSingleton<ILockoutCounter>(provider =>
        provider.GetService<IRedis>() is null
            ? provider.GetRequiredService<DatabaseLockout>()
            : ActivatorUtilities.CreateInstance<RedisLockout>(provider));

    public Task<int> BeginAsync(LockoutKey key, CancellationToken cancellationToken) =>
        CountAsync(key, least: 1, further: 1, cancellationToken);

    // It was counted when it began.
    public Task KeepAsync(LockoutKey key, int number, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ClearAsync(LockoutKey key, CancellationToken cancellationToken) =>
        host.ExecuteAsync(Sql.Of($"DELETE FROM lockouts WHERE account_id = {key.Account} AND device_id = {key.Device}"), cancellationToken);

    public Task UnlockAsync(Guid account, CancellationToken cancellationToken) => RemoveAsync(account, cancellationToken);

    // Counted beside what it limits, under an id of its own, since unlocking must not reset it. What is refused prolongs nothing.
    public async Task<bool> TakeUnlockAsync(Guid account, CancellationToken cancellationToken)
    {
        var count = Sql.Of($"""
            INSERT INTO lockouts AS l (account_id, device_id, failures, expires_at)
            VALUES ({UnlocksOf(account)}, {Guid.Empty}, 1, clock_timestamp() + interval '1 hour')
            ON CONFLICT (account_id, device_id) DO UPDATE SET
                failures = CASE WHEN l.expires_at > clock_timestamp() THEN least(l.failures, {MaxUnlocks}) + 1 ELSE 1 END,
                expires_at = CASE WHEN l.expires_at > clock_timestamp() THEN l.expires_at ELSE excluded.expires_at END
            RETURNING failures
            """);
        return await host.SingleAsync(count, row => row.GetInt32(0), cancellationToken) <= MaxUnlocks;
    }

    public async Task<LockoutState> ReadAsync(Guid account, CancellationToken cancellationToken)
    {
        var read = Sql.Of($"""
            SELECT max(expires_at) FROM lockouts
            WHERE account_id = {account} AND failures >= {options.Value.Failures} AND expires_at > clock_timestamp()
            """);
        var until = await host.SingleAsync(read, row => row.ValueOrNull<DateTime>(0), cancellationToken);
        return new LockoutState(until is not null, until);
    }

    /// <summary>Makes the count at least as high as it was elsewhere.</summary>
    public Task RaiseAsync(LockoutKey key, int number, CancellationToken cancellationToken) =>
        CountAsync(key, number, further: 0, cancellationToken);

    /// <summary>Reads a count without adding to it.</summary>
    public Task<int> PeekAsync(LockoutKey key, CancellationToken cancellationToken) =>
        host.SingleAsync(
            Sql.Of($"""
                SELECT failures FROM lockouts
                WHERE account_id = {key.Account} AND device_id = {key.Device} AND expires_at > clock_timestamp()
                """),
            row => row.GetInt32(0), cancellationToken);

    /// <summary>Forgets an account.</summary>
    /// <returns>The devices that were counted.</returns>
    public async Task<IReadOnlyList<Guid>> RemoveAsync(Guid account, CancellationToken cancellationToken) =>
        await host.QueryAsync(
            Sql.Of($"DELETE FROM lockouts WHERE account_id = {account} RETURNING device_id"), row => row.GetGuid(0), cancellationToken);

    private static Guid UnlocksOf(Guid account) => new(SHA256.HashData([.. "unlocks"u8, .. account.ToByteArray()]).AsSpan(0, 16));

    // One statement: those who come at once wait for the row and are counted one after the other. What comes while it is locked prolongs
    // nothing, or a stranger could keep it locked for good.
    private Task<int> CountAsync(LockoutKey key, int least, int further, CancellationToken cancellationToken)
    {
        var first = Sql.Value(least, NpgsqlDbType.Integer);
        var max = Sql.Value(options.Value.Failures, NpgsqlDbType.Integer);
        var count = Sql.Of($"""
            INSERT INTO lockouts AS l (account_id, device_id, failures, expires_at)
            VALUES ({key.Account}, {key.Device}, {first}, clock_timestamp() + {options.Value.Duration})
            ON CONFLICT (account_id, device_id) DO UPDATE SET
                failures = CASE
                    WHEN l.expires_at > clock_timestamp() THEN least(greatest(l.failures + {further}, {first}), {max} + 1)
                    ELSE {first} END,
                expires_at = CASE
                    WHEN l.expires_at > clock_timestamp() AND l.failures >= {max} THEN l.expires_at
                    ELSE excluded.expires_at END
            RETURNING failures
            """);
        return host.RunAsync([count, Sweep], (reader, token) => reader.FirstAsync(row => row.GetInt32(0), token), cancellationToken);
    }
}
