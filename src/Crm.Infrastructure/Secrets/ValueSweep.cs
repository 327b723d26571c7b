using System.Security.Cryptography;
using System.Text;
using Crm.Application.Secrets;
using Crm.Infrastructure.Persistence;
using Microsoft.Extensions.Options;

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
/// Goes through a column of the present tenant, in batches of a transaction each. Rows that others have locked are left out and come up in
/// the next pass; a row that is read or written meanwhile is valid at every moment. It changes neither version nor change log: what is
/// encrypted stays the same.
/// </summary>
[Scoped]
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
            var select = Select(column, Sql.True, after.Value, Sql.Empty);
            var values = await ReadAsync(column, select, SweepKind.OnRetiringKeys, cancellationToken);
            counts += new SecretCounts(values.Count, [.. values.Where(v => v.Plain is null).Select(v => CellOf(column, v.Id).ToString())]);
            values.ForEach(v => v.Forget());
            after = Last(values);
        }

        return counts;
    }

    private async Task<Guid?> BatchAsync(
        EncryptedColumn column, SweepKind kind, Guid after, Action<int> add, List<string> unreadable, CancellationToken cancellationToken)
    {
        var (written, next) = await session.InTransactionAsync(async token =>
        {
            // The key before the rows, as everyone who writes does: so nobody waits for the other.
            using var key = await keys.TakeAsync(options.Value.BatchSize, token);
            var select = Select(column, Condition(column, kind), after, Sql.Of($" FOR UPDATE OF t SKIP LOCKED"));
            var values = await ReadAsync(column, select, kind, token);
            unreadable.AddRange(values.Where(v => v.Plain is null).Select(v => CellOf(column, v.Id).ToString()));
            var readable = values.Where(v => v.Plain is not null).ToList();
            Guid[] ids = [.. readable.Select(v => v.Id)];
            string[] encrypted = [.. readable.Select(v => EncryptedText.Encrypt(key, v.Plain!, CellOf(column, v.Id)))];
            values.ForEach(v => v.Forget());

            await session.ExecuteAsync(Sql.Of($"""
                UPDATE {column.TableName} t SET {column.ColumnName} = n.value
                FROM unnest({ids}, {encrypted}) n (id, value)
                WHERE t.tenant_id = {Sql.Tenant} AND t.id = n.id
                """), token);
            return (ids.Length, Last(values));
        }, cancellationToken);
        add(written);
        return next;
    }

    private Task<List<Value>> ReadAsync(EncryptedColumn column, Sql select, SweepKind kind, CancellationToken cancellationToken) =>
        session.RunAsync([select], async (reader, token) =>
        {
            var values = new List<Value>();
            while (await reader.ReadAsync(token))
            {
                var id = reader.GetGuid(0);
                values.Add(new Value(id, kind == SweepKind.Plaintext
                    ? Encoding.UTF8.GetBytes(reader.GetString(1))
                    : await keys.OpenAsync(CellOf(column, id), reader, place: 1, token)));
            }

            return values;
        }, cancellationToken);

    private Task<long> CountAsync(EncryptedColumn column, SweepKind kind, CancellationToken cancellationToken) => session.SingleAsync(
        Sql.Of($"""
            SELECT count(*) FROM {column.TableName} t
            WHERE t.tenant_id = {Sql.Tenant} AND t.{column.ColumnName} IS NOT NULL AND {Condition(column, kind)}
            """),
        row => row.GetInt64(0), cancellationToken);

    private Sql Select(EncryptedColumn column, Sql condition, Guid after, Sql locking) => Sql.Of($"""
        SELECT t.id, t.{column.ColumnName}, d.kek_id, d.wrapped
        FROM {column.TableName} t
        LEFT JOIN data_keys d ON d.tenant_id = {Sql.Tenant} AND d.id::text = split_part(t.{column.ColumnName}, '|', 3)
        WHERE t.tenant_id = {Sql.Tenant} AND t.id > {after} AND t.{column.ColumnName} IS NOT NULL AND {condition}
        ORDER BY t.id LIMIT {Sql.Literal(options.Value.BatchSize)}{locking}
        """);

    private static Sql Condition(EncryptedColumn column, SweepKind kind) => kind == SweepKind.Plaintext
        ? Sql.Of($"t.{column.ColumnName} NOT LIKE 'v1|%|%|%|%|%'")
        : Sql.Of($"""
            split_part(t.{column.ColumnName}, '|', 3) IN (
                SELECT k.id::text FROM data_keys k WHERE k.tenant_id = {Sql.Tenant} AND k.state = 'retiring')
            """);

    // A batch that is not full may have left out rows that others have locked; the next pass finds them.
    private Guid? Last(List<Value> values) => values.Count < options.Value.BatchSize ? null : values[^1].Id;

    private Cell CellOf(EncryptedColumn column, Guid id) => new(session.Tenant.TenantId, column.Table, column.Name, id);

    private sealed record Value(Guid Id, byte[]? Plain)
    {
        public void Forget() => CryptographicOperations.ZeroMemory(Plain);
    }
}
