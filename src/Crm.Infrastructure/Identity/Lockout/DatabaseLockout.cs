using System.Security.Cryptography;
using Crm.Application.Identity.Lockout;
using Crm.Infrastructure.Persistence;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Infrastructure.Identity.Lockout;

/// <summary>
/// Counts in the CRM's own database, by its clock. A row that has expired counts for nothing, and is removed by those who come after.
/// </summary>
internal sealed class DatabaseLockout(NpgsqlDataSource database, IOptions<LockoutOptions> options) : ILockoutCounter
{
    // One statement: those who come at once wait for the row and are counted one after the other. What comes while it is locked prolongs
    // nothing, or a
    // stranger could keep it locked for good.
    private const string Count = """
        INSERT INTO lockouts AS l (account_id, device_id, failures, expires_at) VALUES ($1, $2, $3, clock_timestamp() + $4)
        ON CONFLICT (account_id, device_id) DO UPDATE SET
            failures = CASE WHEN l.expires_at > clock_timestamp() THEN least(greatest(l.failures + $6, $3), $5 + 1) ELSE $3 END,
            expires_at = CASE WHEN l.expires_at > clock_timestamp() AND l.failures >= $5 THEN l.expires_at ELSE excluded.expires_at END
        RETURNING failures
        """;

    // Removes more than it adds, so that guesses at ever new addresses gather for as long as a lock lasts and no longer.
    private const string Sweep = """
        WITH ended AS MATERIALIZED (
            SELECT account_id, device_id FROM lockouts WHERE expires_at < now() ORDER BY expires_at LIMIT 20 FOR UPDATE SKIP LOCKED)
        DELETE FROM lockouts l USING ended WHERE l.account_id = ended.account_id AND l.device_id = ended.device_id
        """;

    // Counted beside what it bounds, under an id of its own, for an unlocking must not forget it. What is refused prolongs nothing.
    private const string CountUnlock = """
        INSERT INTO lockouts AS l (account_id, device_id, failures, expires_at) VALUES ($1, $2, 1, clock_timestamp() + interval '1 hour')
        ON CONFLICT (account_id, device_id) DO UPDATE SET
            failures = CASE WHEN l.expires_at > clock_timestamp() THEN least(l.failures, $3) + 1 ELSE 1 END,
            expires_at = CASE WHEN l.expires_at > clock_timestamp() THEN l.expires_at ELSE excluded.expires_at END
        RETURNING failures
        """;

    private const int MostUnlocks = 3;

    public Task<int> BeginAsync(LockoutKey key, CancellationToken cancellationToken) => CountAsync(key, least: 1, further: 1, cancellationToken);

    // It was counted when it began.
    public Task KeepAsync(LockoutKey key, int number, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task ClearAsync(LockoutKey key, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("DELETE FROM lockouts WHERE account_id = $1 AND device_id = $2");
        command.Parameters.Add(new() { Value = key.Account });
        command.Parameters.Add(new() { Value = key.Device });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public Task UnlockAsync(Guid account, CancellationToken cancellationToken) => RemoveAsync(account, cancellationToken);

    public async Task<bool> TakeUnlockAsync(Guid account, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(CountUnlock);
        command.Parameters.Add(new() { Value = UnlocksOf(account) });
        command.Parameters.Add(new() { Value = Guid.Empty });
        command.Parameters.Add(new() { Value = MostUnlocks });
        return (int)(await command.ExecuteScalarAsync(cancellationToken))! <= MostUnlocks;
    }

    public async Task<LockoutState> ReadAsync(Guid account, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT max(expires_at) FROM lockouts WHERE account_id = $1 AND failures >= $2 AND expires_at > clock_timestamp()
            """);
        command.Parameters.Add(new() { Value = account });
        command.Parameters.Add(new() { Value = options.Value.Failures });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var until = reader.ValueOrNull<DateTime>(0);
        return new LockoutState(until is not null, until);
    }

    /// <summary>Makes the count at least as high as it was elsewhere.</summary>
    public Task RaiseAsync(LockoutKey key, int number, CancellationToken cancellationToken) => CountAsync(key, number, further: 0, cancellationToken);

    /// <summary>Reads a count without adding to it.</summary>
    public async Task<int> PeekAsync(LockoutKey key, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "SELECT coalesce((SELECT failures FROM lockouts WHERE account_id = $1 AND device_id = $2 AND expires_at > clock_timestamp()), 0)");
        command.Parameters.Add(new() { Value = key.Account });
        command.Parameters.Add(new() { Value = key.Device });
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Forgets an account.</summary>
    public async Task<IReadOnlyList<Guid>> RemoveAsync(Guid account, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("DELETE FROM lockouts WHERE account_id = $1 RETURNING device_id");
        command.Parameters.Add(new() { Value = account });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var devices = new List<Guid>();
        while (await reader.ReadAsync(cancellationToken))
            devices.Add(reader.GetGuid(0));
        return devices;
    }

    private static Guid UnlocksOf(Guid account) => new(SHA256.HashData([.. "unlocks"u8, .. account.ToByteArray()]).AsSpan(0, 16));

    private async Task<int> CountAsync(LockoutKey key, int least, int further, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new(Count)
        {
            Parameters =
            {
                new() { Value = key.Account },
                new() { Value = key.Device },
                new() { Value = least },
                new() { Value = options.Value.Duration, NpgsqlDbType = NpgsqlDbType.Interval },
                new() { Value = options.Value.Failures },
                new() { Value = further },
            },
        });
        batch.BatchCommands.Add(new(Sweep));
        return (int)(await batch.ExecuteScalarAsync(cancellationToken))!;
    }
}
