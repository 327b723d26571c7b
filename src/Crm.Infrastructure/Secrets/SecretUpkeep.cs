using Crm.Application.Secrets;
using Crm.Infrastructure.Persistence;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Infrastructure.Secrets;

/// <summary>
/// Changes keys under load. There is no state beside the rows themselves: what still has to be done is read off them, so that a run that
/// was killed is finished by
/// the next one.
/// </summary>
internal sealed class SecretUpkeep(
    TenantSession session, NpgsqlDataSource database, EncryptedColumns columns, DataKeys dataKeys, ValueSweep sweep, KeyEncryptionKeys wrapping, IKeyRing ring,
    IOptions<EncryptionOptions> options, TimeProvider time) : ISecretUpkeep
{
    private const string HasRetiring = "SELECT count(*) FILTER (WHERE state = 'retiring'), count(*) FROM data_keys WHERE tenant_id = $1 AND state <> 'retired'";

    private const string RemoveRetired = "DELETE FROM data_keys WHERE tenant_id = $1 AND state = 'retired' AND retired_at <= clock_timestamp() - $2";

    private const string WrappedOtherwise = "SELECT id, kek_id, wrapped FROM data_keys WHERE tenant_id = $1 AND kek_id <> $2 ORDER BY id FOR UPDATE";

    private const string Rewrap = "UPDATE data_keys d SET kek_id = $2, wrapped = n.wrapped FROM unnest($3, $4) n (id, wrapped) WHERE d.tenant_id = $1 AND d.id = n.id";

    public async Task<string> ReplaceKeyEncryptionKeyAsync(CancellationToken cancellationToken)
    {
        // As long as something may be wrapped with a key that was gone over from, the change to the present one goes on.
        var needed = await wrapping.ListNeededAsync(cancellationToken);
        if (needed.Any(k => k.IsRetired))
            return needed[^1].Id;

        var used = await wrapping.ListUsedAsync(cancellationToken);
        var next = (await ring.ListAsync(cancellationToken)).LastOrDefault(k => !k.IsDevelopment && !used.Contains(k.Id)) ?? await ring.AddAsync(cancellationToken);
        if (next.UsableFrom - time.GetUtcNow() is { } wait && wait > TimeSpan.Zero)
            await Task.Delay(wait, time, cancellationToken);
        await wrapping.ReplaceAsync(next.Id, cancellationToken);
        return next.Id;
    }

    public Task<SecretCounts> RewrapAsync(string keyId, CancellationToken cancellationToken) => InTransactionAsync(async () =>
    {
        var tenantId = session.Tenant.TenantId;
        var find = SqlStatement.Finished(WrappedOtherwise, tenantId);
        find.Parameter(keyId, NpgsqlDbType.Text);
        var (ids, wrapped, unreadable) = (new List<Guid>(), new List<byte[]>(), new List<string>());
        await session.ExecuteAsync([find], async (reader, token) =>
        {
            while (await reader.ReadAsync(token))
            {
                var id = reader.GetGuid(0);
                if (await RewrapAsync(keyId, id, reader.GetString(1), reader.GetFieldValue<byte[]>(2), token) is { } anew)
                {
                    ids.Add(id);
                    wrapped.Add(anew);
                }
                else
                {
                    unreadable.Add(new Cell(tenantId, "data_keys", "wrapped", id).ToString());
                }
            }

            return true;
        }, cancellationToken);

        var write = SqlStatement.Finished(Rewrap, tenantId);
        write.Parameter(keyId, NpgsqlDbType.Text);
        write.Parameter(ids.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Uuid);
        write.Parameter(wrapped.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bytea);
        await RunAsync(write, cancellationToken);
        return new SecretCounts(ids.Count, unreadable);
    }, cancellationToken);

    public Task EmptyRetiredKeysAsync(CancellationToken cancellationToken) => wrapping.EmptyRetiredAsync(cancellationToken);

    public async Task<SecretCounts> RotateDataKeyAsync(CancellationToken cancellationToken)
    {
        var (retiring, all) = await CountKeysAsync(cancellationToken);
        if (all == 0)
            return SecretCounts.None;

        // Whoever is about to write with the active key is waited for; whoever comes later finds the new one.
        if (retiring == 0)
            await InTransactionAsync(() => dataKeys.ReplaceAsync(usesFrom: 0, cancellationToken), cancellationToken);

        var counts = SecretCounts.None;
        foreach (var column in columns.All)
            counts += await sweep.RunAsync(column, SweepKind.OnRetiringKeys, cancellationToken);
        await InTransactionAsync(() => RetireAsync(cancellationToken), cancellationToken);
        return counts;
    }

    public async Task<IReadOnlyList<string>> ListPlaintextColumnsAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT c FROM unnest($1) c WHERE NOT EXISTS (SELECT FROM encrypted_columns e WHERE e.name = c)");
        command.Parameters.Add(new() { Value = columns.All.Select(c => c.FullName).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var names = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            names.Add(reader.GetString(0));
        return names;
    }

    public async Task<SecretCounts> EncryptAsync(CancellationToken cancellationToken)
    {
        var names = await ListPlaintextColumnsAsync(cancellationToken);
        var counts = SecretCounts.None;
        foreach (var column in columns.All.Where(c => names.Contains(c.FullName)))
            counts += await sweep.RunAsync(column, SweepKind.Plaintext, cancellationToken);
        return counts;
    }

    public async Task EndPlaintextAsync(IReadOnlyList<string> columns, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("INSERT INTO encrypted_columns (name) SELECT unnest($1) ON CONFLICT DO NOTHING");
        command.Parameters.Add(new() { Value = columns.ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<SecretCounts> VerifyAsync(CancellationToken cancellationToken)
    {
        var counts = SecretCounts.None;
        foreach (var column in columns.All)
            counts += await sweep.VerifyAsync(column, cancellationToken);
        return counts;
    }

    private async Task<byte[]?> RewrapAsync(string keyId, Guid id, string kekId, byte[] wrapped, CancellationToken cancellationToken)
    {
        var context = DataKeys.ContextOf(session.Tenant.TenantId, id);
        if (await ring.UnwrapAsync(kekId, wrapped, context, cancellationToken) is not { } material)
            return null;
        using var key = new DataKey(id, kekId, material);
        return await ring.WrapAsync(keyId, key.Material, context, cancellationToken);
    }

    private async Task<(long Retiring, long All)> CountKeysAsync(CancellationToken cancellationToken) =>
        await session.ExecuteAsync([SqlStatement.Finished(HasRetiring, session.Tenant.TenantId)], async (reader, token) =>
        {
            await reader.ReadAsync(token);
            return (reader.GetInt64(0), reader.GetInt64(1));
        }, cancellationToken);

    // Nothing is encrypted with such a key any more: what is not found now is nowhere, and nothing can be added.
    private async Task RetireAsync(CancellationToken cancellationToken)
    {
        var tenantId = session.Tenant.TenantId;
        var retire = new SqlStatement(tenantId).Append($"UPDATE data_keys d SET state = 'retired', retired_at = clock_timestamp() WHERE d.tenant_id = {SqlStatement.Tenant} AND d.state = 'retiring'");
        foreach (var column in columns.All)
            retire.Append($" AND NOT EXISTS (SELECT FROM {column.Table} t WHERE t.tenant_id = {SqlStatement.Tenant} AND split_part(t.{column.Name}, '|', 3) = d.id::text)");
        var remove = SqlStatement.Finished(RemoveRetired, tenantId);
        remove.Parameter(options.Value.KeepRetiredKeysFor, NpgsqlDbType.Interval);
        await RunAsync(retire, cancellationToken);
        await RunAsync(remove, cancellationToken);
    }

    private Task RunAsync(SqlStatement statement, CancellationToken cancellationToken) => session.ExecuteAsync([statement], cancellationToken);

    private Task<bool> InTransactionAsync(Func<Task> act, CancellationToken cancellationToken) => InTransactionAsync(async () =>
    {
        await act();
        return true;
    }, cancellationToken);

    private async Task<T> InTransactionAsync<T>(Func<Task<T>> act, CancellationToken cancellationToken)
    {
        T result;
        await session.BeginAsync(cancellationToken);
        try
        {
            result = await act();
            await session.CommitAsync(cancellationToken);
        }
        finally
        {
            await session.RollbackAsync();
        }

        return result;
    }
}
