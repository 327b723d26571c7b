using System.Security.Cryptography;
using System.Text;
using Crm.Application.Secrets;
using Crm.Infrastructure.Persistence;
using Microsoft.Extensions.Options;
using NpgsqlTypes;

namespace Crm.Infrastructure.Secrets;

/// <summary>Which values a sweep encrypts.</summary>
internal enum SweepKind
{
    /// <summary>Those that are encrypted with a key that is to be retired.</summary>
    OnRetiringKeys,

    /// <summary>Those that are not encrypted at all.</summary>
    Plaintext,
}

/// <summary>
/// Goes through a column of the present tenant, in batches of a transaction each. Rows that others hold are left out and come up in the
/// next pass; a row that is read
/// or written meanwhile is good at every moment. Neither version nor change log tell of it: what is encrypted stays the same.
/// </summary>
internal sealed class ValueSweep(TenantSession session, DataKeys keys, IOptions<EncryptionOptions> options, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Encrypts until nothing is left to be encrypted.</summary>
    public async Task<SecretCounts> RunAsync(EncryptedColumn column, SweepKind kind, CancellationToken cancellationToken)
    {
        var done = 0;
        var unreadable = new List<string>();
        while (await CountAsync(column, kind, cancellationToken) > unreadable.Count)
        {
            if (done + unreadable.Count > 0)
                await Task.Delay(Pause, time, cancellationToken);
            unreadable.Clear();
            for (Guid? after = Guid.Empty; after is not null;)
                after = await BatchAsync(column, kind, after.Value, count => done += count, unreadable, cancellationToken);
        }

        return new SecretCounts(done, unreadable);
    }

    /// <summary>Decrypts every value, and changes none.</summary>
    public async Task<SecretCounts> VerifyAsync(EncryptedColumn column, CancellationToken cancellationToken)
    {
        var counts = SecretCounts.None;
        for (Guid? after = Guid.Empty; after is not null;)
        {
            var values = await ReadAsync(column, Select(column, "true", after.Value, hold: false), SweepKind.OnRetiringKeys, cancellationToken);
            counts += new SecretCounts(values.Count, [.. values.Where(v => v.Plain is null).Select(v => CellOf(column, v.Id).ToString())]);
            values.ForEach(v => v.Forget());
            after = Last(values);
        }

        return counts;
    }

    private async Task<Guid?> BatchAsync(
        EncryptedColumn column, SweepKind kind, Guid after, Action<int> add, List<string> unreadable, CancellationToken cancellationToken)
    {
        await session.BeginAsync(cancellationToken);
        try
        {
            // The key before the rows, as everyone who writes does: so nobody waits for the other.
            using var key = await keys.TakeAsync(options.Value.BatchSize, cancellationToken);
            var values = await ReadAsync(column, Select(column, Condition(column, kind), after, hold: true), kind, cancellationToken);
            unreadable.AddRange(values.Where(v => v.Plain is null).Select(v => CellOf(column, v.Id).ToString()));
            var written = values.Where(v => v.Plain is not null).Select(v => (v.Id, Text: EncryptedText.Encrypt(key, v.Plain!, CellOf(column, v.Id)))).ToList();
            values.ForEach(v => v.Forget());

            var write = new SqlStatement(session.Tenant.TenantId);
            write.Append($"UPDATE {column.Table} t SET {column.Name} = n.value FROM unnest({write.Parameter(written.Select(w => w.Id).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Uuid)}, ");
            write.Append($"{write.Parameter(written.Select(w => w.Text).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text)}) n (id, value) WHERE t.tenant_id = {SqlStatement.Tenant} AND t.id = n.id");
            await session.ExecuteAsync([write], cancellationToken);
            await session.CommitAsync(cancellationToken);
            add(written.Count);
            return Last(values);
        }
        finally
        {
            await session.RollbackAsync();
        }
    }

    private Task<List<Value>> ReadAsync(EncryptedColumn column, SqlStatement select, SweepKind kind, CancellationToken cancellationToken) =>
        session.ExecuteAsync([select], async (reader, token) =>
        {
            var values = new List<Value>();
            while (await reader.ReadAsync(token))
            {
                var id = reader.GetGuid(0);
                values.Add(new Value(id, kind == SweepKind.Plaintext ? Encoding.UTF8.GetBytes(reader.GetString(1)) : await keys.OpenAsync(CellOf(column, id), reader, place: 1, token)));
            }

            return values;
        }, cancellationToken);

    private Task<long> CountAsync(EncryptedColumn column, SweepKind kind, CancellationToken cancellationToken)
    {
        var count = new SqlStatement(session.Tenant.TenantId);
        count.Append($"SELECT count(*) FROM {column.Table} t WHERE t.tenant_id = {SqlStatement.Tenant} AND t.{column.Name} IS NOT NULL AND {Condition(column, kind)}");
        return session.ExecuteAsync([count], async (reader, token) =>
        {
            await reader.ReadAsync(token);
            return reader.GetInt64(0);
        }, cancellationToken);
    }

    private SqlStatement Select(EncryptedColumn column, string condition, Guid after, bool hold)
    {
        var select = new SqlStatement(session.Tenant.TenantId);
        select.Append($"SELECT t.id, t.{column.Name}, d.kek_id, d.wrapped FROM {column.Table} t LEFT JOIN data_keys d ON d.tenant_id = {SqlStatement.Tenant} AND d.id::text = split_part(t.{column.Name}, '|', 3) ");
        select.Append($"WHERE t.tenant_id = {SqlStatement.Tenant} AND t.id > {select.Parameter(after, NpgsqlDbType.Uuid)} AND t.{column.Name} IS NOT NULL AND {condition} ");
        return select.Append($"ORDER BY t.id LIMIT {select.Parameter(options.Value.BatchSize, NpgsqlDbType.Integer)}{(hold ? " FOR UPDATE OF t SKIP LOCKED" : "")}");
    }

    private static string Condition(EncryptedColumn column, SweepKind kind) => kind == SweepKind.Plaintext
        ? $"t.{column.Name} NOT LIKE 'v1|%|%|%|%|%'"
        : $"split_part(t.{column.Name}, '|', 3) IN (SELECT k.id::text FROM data_keys k WHERE k.tenant_id = {SqlStatement.Tenant} AND k.state = 'retiring')";

    // A batch that is not full may have left out rows that others hold; the next pass sees to these.
    private Guid? Last(List<Value> values) => values.Count < options.Value.BatchSize ? null : values[^1].Id;

    private Cell CellOf(EncryptedColumn column, Guid id) => new(session.Tenant.TenantId, column.Table, column.Name, id);

    private sealed record Value(Guid Id, byte[]? Plain)
    {
        public void Forget() => CryptographicOperations.ZeroMemory(Plain);
    }
}
