using Crm.Application.Persistence;
using Crm.Application.Secrets;
using Crm.Infrastructure.Persistence;
using Microsoft.Extensions.Options;
using NpgsqlTypes;

namespace Crm.Infrastructure.Secrets;

/// <summary>
/// Changes keys under load. There is no state beside the rows themselves: they show what still has to be done, so that a run that was
/// killed is finished by the next one.
/// </summary>
[Scoped]
internal sealed class SecretUpkeep(
    TenantSession session, HostSession host, EncryptedColumns columns, DataKeys dataKeys, ValueSweep sweep, KeyEncryptionKeys wrapping,
    IKeyRing ring, IOptions<EncryptionOptions> options, TimeProvider time) : ISecretUpkeep
{
    public async Task<string> ReplaceKeyEncryptionKeyAsync(CancellationToken cancellationToken)
    {
        // As long as something may be wrapped with a retired key, the change to the present one goes on.
        var needed = await wrapping.ListNeededAsync(cancellationToken);
        if (needed.Any(k => k.IsRetired))
            return needed[^1].Id;

        var used = await wrapping.ListUsedAsync(cancellationToken);
        var unused = (await ring.ListAsync(cancellationToken)).LastOrDefault(k => !k.IsDevelopment && !used.Contains(k.Id));
        var next = unused ?? await ring.AddAsync(cancellationToken);
        if (next.UsableFrom - time.GetUtcNow() is { } wait && wait > TimeSpan.Zero)
            await Task.Delay(wait, time, cancellationToken);
        await wrapping.ReplaceAsync(next.Id, cancellationToken);
        return next.Id;
    }

    public Task<SecretCounts> RewrapAsync(string keyId, CancellationToken cancellationToken) => session.InTransactionAsync(async token =>
    {
        var wrappedOtherwise = await session.QueryAsync(
            Sql.Of($"""
                SELECT id, kek_id, wrapped FROM data_keys
                WHERE tenant_id = {Sql.Tenant} AND kek_id <> {Sql.Text(keyId)} ORDER BY id FOR UPDATE
                """),
            row => (Id: row.GetGuid(0), KekId: row.GetString(1), Wrapped: row.GetFieldValue<byte[]>(2)), token);

        var (ids, wrapped, unreadable) = (new List<Guid>(), new List<byte[]>(), new List<string>());
        foreach (var old in wrappedOtherwise)
        {
            if (await RewrapAsync(keyId, old.Id, old.KekId, old.Wrapped, token) is { } rewrapped)
            {
                ids.Add(old.Id);
                wrapped.Add(rewrapped);
            }
            else
            {
                unreadable.Add(new Cell(session.Tenant.TenantId, "data_keys", "wrapped", old.Id).ToString());
            }
        }

        await session.ExecuteAsync(Sql.Of($"""
            UPDATE data_keys d SET kek_id = {Sql.Text(keyId)}, wrapped = n.wrapped
            FROM unnest({Sql.Array(ids, NpgsqlDbType.Uuid)}, {Sql.Array(wrapped, NpgsqlDbType.Bytea)}) n (id, wrapped)
            WHERE d.tenant_id = {Sql.Tenant} AND d.id = n.id
            """), token);
        return new SecretCounts(ids.Count, unreadable);
    }, cancellationToken);

    public Task EmptyRetiredKeysAsync(CancellationToken cancellationToken) => wrapping.EmptyRetiredAsync(cancellationToken);

    public async Task<SecretCounts> RotateDataKeyAsync(CancellationToken cancellationToken)
    {
        var (retiring, all) = await CountKeysAsync(cancellationToken);
        if (all == 0)
            return SecretCounts.None;

        // This waits for those who are about to write with the active key; those who come later find the new one.
        if (retiring == 0)
            await session.InTransactionAsync(token => dataKeys.ReplaceAsync(usesFrom: 0, token), cancellationToken);

        var counts = SecretCounts.None;
        foreach (var column in columns.All)
            counts += await sweep.RunAsync(column, SweepKind.OnRetiringKeys, cancellationToken);
        await session.InTransactionAsync(RetireAsync, cancellationToken);
        return counts;
    }

    public async Task<IReadOnlyList<string>> ListPlaintextColumnsAsync(CancellationToken cancellationToken)
    {
        string[] names = [.. columns.All.Select(c => c.FullName)];
        return await host.QueryAsync(
            Sql.Of($"SELECT c FROM unnest({names}) c WHERE NOT EXISTS (SELECT FROM encrypted_columns e WHERE e.name = c)"),
            row => row.GetString(0), cancellationToken);
    }

    public async Task<SecretCounts> EncryptAsync(CancellationToken cancellationToken)
    {
        var names = await ListPlaintextColumnsAsync(cancellationToken);
        var counts = SecretCounts.None;
        foreach (var column in columns.All.Where(c => names.Contains(c.FullName)))
            counts += await sweep.RunAsync(column, SweepKind.Plaintext, cancellationToken);
        return counts;
    }

    public Task EndPlaintextAsync(IReadOnlyList<string> columns, CancellationToken cancellationToken) => host.ExecuteAsync(
        Sql.Of($"INSERT INTO encrypted_columns (name) SELECT unnest({columns.ToArray()}) ON CONFLICT DO NOTHING"), cancellationToken);

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

    private Task<(long Retiring, long All)> CountKeysAsync(CancellationToken cancellationToken) => session.SingleAsync(
        Sql.Of($"""
            SELECT count(*) FILTER (WHERE state = 'retiring'), count(*) FROM data_keys
            WHERE tenant_id = {Sql.Tenant} AND state <> 'retired'
            """),
        row => (row.GetInt64(0), row.GetInt64(1)), cancellationToken);

    // Nothing is encrypted with such a key any more: what is not found now is nowhere, and nothing can be added.
    private async Task RetireAsync(CancellationToken cancellationToken)
    {
        var unused = Sql.Join("", columns.All.Select(column => Sql.Of($"""
             AND NOT EXISTS (
                SELECT FROM {column.TableName} t
                WHERE t.tenant_id = {Sql.Tenant} AND split_part(t.{column.ColumnName}, '|', 3) = d.id::text)
            """)));
        var retire = Sql.Of($"""
            UPDATE data_keys d SET state = 'retired', retired_at = clock_timestamp()
            WHERE d.tenant_id = {Sql.Tenant} AND d.state = 'retiring'{unused}
            """);
        var remove = Sql.Of($"""
            DELETE FROM data_keys
            WHERE tenant_id = {Sql.Tenant} AND state = 'retired'
              AND retired_at <= clock_timestamp() - {options.Value.KeepRetiredKeysFor}
            """);
        await session.ExecuteAsync(retire, cancellationToken);
        await session.ExecuteAsync(remove, cancellationToken);
    }
}
