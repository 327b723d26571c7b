using Crm.Application.Secrets;
using Crm.Infrastructure.Persistence;

namespace Crm.Infrastructure.Secrets;

/// <summary>
/// Which key-encryption keys this installation has used, and which one wraps. The database says so, not each node for itself: so all nodes
/// change to another at the same moment. A node that lacks a key others use is found out when it starts.
/// </summary>
[Singleton]
internal sealed class KeyEncryptionKeys(HostSession host, IKeyRing ring, TimeProvider time)
{
    /// <summary>The key that wraps; where there is none yet, the newest one whose time has come.</summary>
    public async Task<string?> CurrentAsync(CancellationToken cancellationToken)
    {
        if (await FindAsync(cancellationToken) is { } id)
            return id;
        if (await ChooseAsync(cancellationToken) is not { } first)
            return null;

        // Nodes that start together all end with the key of the first one.
        await host.ExecuteAsync(
            Sql.Of($"INSERT INTO key_encryption_keys (id) VALUES ({Sql.Text(first)}) ON CONFLICT DO NOTHING"), cancellationToken);
        return await FindAsync(cancellationToken);
    }

    /// <summary>The key that wraps, or would: nothing is written, so that looking decides nothing.</summary>
    public async Task<string?> ExpectAsync(CancellationToken cancellationToken) =>
        await FindAsync(cancellationToken) ?? await ChooseAsync(cancellationToken);

    /// <summary>The keys with which data keys may still be wrapped, the present one last.</summary>
    public async Task<IReadOnlyList<(string Id, bool IsRetired)>> ListNeededAsync(CancellationToken cancellationToken) =>
        await host.QueryAsync(
            Sql.Of($"""
                SELECT id, retired_at IS NOT NULL FROM key_encryption_keys WHERE emptied_at IS NULL ORDER BY retired_at NULLS LAST
                """),
            row => (row.GetString(0), row.GetBoolean(1)), cancellationToken);

    /// <summary>Changes to another key. Waits for those who are wrapping with the present one.</summary>
    public Task ReplaceAsync(string id, CancellationToken cancellationToken) => host.ExecuteAsync(
        [
            Sql.Of($"""
                UPDATE key_encryption_keys SET retired_at = clock_timestamp() WHERE retired_at IS NULL AND id <> {Sql.Text(id)}
                """),
            Sql.Of($"""
                INSERT INTO key_encryption_keys (id) VALUES ({Sql.Text(id)})
                ON CONFLICT (id) DO UPDATE SET retired_at = NULL, emptied_at = NULL
                """),
        ],
        cancellationToken);

    /// <summary>Notes that the retired keys wrap nothing any more.</summary>
    public Task EmptyRetiredAsync(CancellationToken cancellationToken) => host.ExecuteAsync(
        Sql.Of($"""
            UPDATE key_encryption_keys SET emptied_at = clock_timestamp() WHERE retired_at IS NOT NULL AND emptied_at IS NULL
            """),
        cancellationToken);

    /// <summary>The keys that were ever used, those that wrap nothing any more included.</summary>
    public async Task<IReadOnlySet<string>> ListUsedAsync(CancellationToken cancellationToken)
    {
        var used = await host.QueryAsync(Sql.Of($"SELECT id FROM key_encryption_keys"), row => row.GetString(0), cancellationToken);
        return used.ToHashSet(StringComparer.Ordinal);
    }

    private async Task<string?> ChooseAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var keys = await ring.ListAsync(cancellationToken);
        if (keys.Count == 0)
            return null;

        // All of them wait for their time where the older ones were taken out in a hurry: then the oldest is the best known.
        return (keys.LastOrDefault(k => k.UsableFrom is not { } from || from <= now) ?? keys[0]).Id;
    }

    private Task<string?> FindAsync(CancellationToken cancellationToken) => host.SingleAsync(
        Sql.Of($"SELECT id FROM key_encryption_keys WHERE retired_at IS NULL"), row => row.GetString(0), cancellationToken);
}
