using Crm.Application.Secrets;
using Npgsql;

namespace Crm.Infrastructure.Secrets;

/// <summary>
/// Which key-encryption keys this installation has used, and which one wraps. The database says so, not each node for itself: so all nodes
/// go over to another at
/// the same moment. A node that lacks a key others use is found out when it starts.
/// </summary>
internal sealed class KeyEncryptionKeys(NpgsqlDataSource database, IKeyRing ring, TimeProvider time)
{
    private const string Current = "SELECT id FROM key_encryption_keys WHERE retired_at IS NULL";

    /// <summary>The key that wraps; where there is none yet, the newest one whose time has come.</summary>
    public async Task<string?> CurrentAsync(CancellationToken cancellationToken)
    {
        if (await FindAsync(cancellationToken) is { } id)
            return id;
        if (await ChooseAsync(cancellationToken) is not { } first)
            return null;

        // Nodes that start together end with the key of whoever was first.
        await using var add = database.CreateCommand("INSERT INTO key_encryption_keys (id) VALUES ($1) ON CONFLICT DO NOTHING");
        add.Parameters.Add(new() { Value = first });
        await add.ExecuteNonQueryAsync(cancellationToken);
        return await FindAsync(cancellationToken);
    }

    /// <summary>The key that wraps, or would: nothing is written, so that whoever only looks settles nothing.</summary>
    public async Task<string?> ExpectAsync(CancellationToken cancellationToken) =>
        await FindAsync(cancellationToken) ?? await ChooseAsync(cancellationToken);

    /// <summary>The keys of which data keys may still be wrapped, the present one last.</summary>
    public async Task<IReadOnlyList<(string Id, bool IsRetired)>> ListNeededAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT id, retired_at IS NOT NULL FROM key_encryption_keys WHERE emptied_at IS NULL ORDER BY retired_at NULLS LAST");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var keys = new List<(string, bool)>();
        while (await reader.ReadAsync(cancellationToken))
            keys.Add((reader.GetString(0), reader.GetBoolean(1)));
        return keys;
    }

    /// <summary>Goes over to another key. Waits for those who are wrapping with the one before.</summary>
    public async Task ReplaceAsync(string id, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new("UPDATE key_encryption_keys SET retired_at = clock_timestamp() WHERE retired_at IS NULL AND id <> $1") { Parameters = { new() { Value = id } } });
        batch.BatchCommands.Add(new("INSERT INTO key_encryption_keys (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET retired_at = NULL, emptied_at = NULL") { Parameters = { new() { Value = id } } });
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Notes that the keys that were gone over from wrap nothing any more.</summary>
    public async Task EmptyRetiredAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE key_encryption_keys SET emptied_at = clock_timestamp() WHERE retired_at IS NOT NULL AND emptied_at IS NULL");
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The keys that were ever used, those that wrap nothing any more included.</summary>
    public async Task<IReadOnlySet<string>> ListUsedAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT id FROM key_encryption_keys");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
            keys.Add(reader.GetString(0));
        return keys;
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

    private async Task<string?> FindAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Current);
        return (string?)await command.ExecuteScalarAsync(cancellationToken);
    }
}
