using Crm.Infrastructure.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Infrastructure.ChangeLog.Seals;

/// <summary>
/// The log of one tenant, or of the host, and the seals over it. Entries stand in commit-safe order: by transaction, then by number. All
/// statements have the tenant as their first value, which is NULL for the host.
/// </summary>
internal sealed class SealChain
{
    /// <summary>The most entries of a seal.</summary>
    public const int MostEntries = 1000;

    private const string SealColumns = "number, at, last_transaction_id, last_sequence, contents, previous_hash, hash, key_id, signature";
    private const string Behind = "(transaction_id, sequence) > ($2, $3)";
    private const string InOrder = "ORDER BY transaction_id, sequence";

    // Position and id first, then every other column: what is not read is not sealed.
    private const string CommonColumns = "transaction_id, sequence, id, at, record_type, record_id, action, actor_type, actor_id, origin, correlation_id, address::text, session_id, fields::text";

    private readonly Guid? _tenantId;
    private readonly string _entries;
    private readonly string _seals;
    private readonly string _columns;
    private readonly string _scope;

    private SealChain(Guid? tenantId, string entries, string seals, string columns, string scope) =>
        (_tenantId, _entries, _seals, _columns, _scope) = (tenantId, entries, seals, columns, scope);

    /// <summary>The chain's name: the tenant's id, or <c>host</c>.</summary>
    public string Name => _tenantId?.ToString() ?? "host";

    /// <summary>The chain of a tenant, or of the host.</summary>
    public static SealChain Of(Guid? tenantId) => tenantId is null
        ? new(null, "host_changes", "host_seals", CommonColumns + ", subject", "$1::uuid IS NULL")
        : new(tenantId, "changes", "change_seals", CommonColumns + ", tenant_id, version, causation_id", "tenant_id = $1");

    /// <summary>What comes first in every transaction of the chain.</summary>
    public IEnumerable<NpgsqlBatchCommand> Begin() => _tenantId is { } tenant
        ? [TenantSetting.Of(tenant)]
        : [];

    /// <summary>The newest seal.</summary>
    public NpgsqlBatchCommand Last() => Command($"SELECT {SealColumns} FROM {_seals} WHERE {_scope} ORDER BY number DESC LIMIT 1");

    /// <summary>The seals that follow one.</summary>
    public NpgsqlBatchCommand After(long number, int most) =>
        Command($"SELECT {SealColumns} FROM {_seals} WHERE {_scope} AND number > $2 ORDER BY number LIMIT $3", new() { Value = number }, new() { Value = most });

    /// <summary>Entries that no seal holds and that no earlier one can join any more.</summary>
    public NpgsqlBatchCommand Unsealed(Seal? last, ulong horizon) => Command(
        $"SELECT {_columns} FROM {_entries} WHERE {_scope} AND {Behind} AND transaction_id < $4 {InOrder} LIMIT $5",
        Transaction(last), Sequence(last), new() { Value = horizon, NpgsqlDbType = NpgsqlDbType.Xid8 }, new() { Value = MostEntries });

    /// <summary>The entries that stand where those of a seal stood.</summary>
    public NpgsqlBatchCommand EntriesOf(Seal? previous, Seal seal) => Command(
        $"SELECT {_columns} FROM {_entries} WHERE {_scope} AND {Behind} AND (transaction_id, sequence) <= ($4, $5) {InOrder}",
        Transaction(previous), Sequence(previous), Transaction(seal), Sequence(seal));

    /// <summary>How many entries stand behind the newest seal.</summary>
    public NpgsqlBatchCommand CountUnsealed(Seal? last) =>
        Command($"SELECT count(*) FROM {_entries} WHERE {_scope} AND {Behind}", Transaction(last), Sequence(last));

    /// <summary>Adds a seal; the key refuses a second one of the same number.</summary>
    public NpgsqlBatchCommand Add(Seal seal) => Command(
        _tenantId is null
            ? $"INSERT INTO {_seals} ({SealColumns}) VALUES ($2, $3, $4, $5, $6, $7, $8, $9, $10)"
            : $"INSERT INTO {_seals} (tenant_id, {SealColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        new() { Value = seal.Number }, new() { Value = seal.At }, Transaction(seal), Sequence(seal), new() { Value = seal.Contents },
        new() { Value = seal.PreviousHash }, new() { Value = seal.Hash }, new() { Value = seal.KeyId }, new() { Value = seal.Signature });

    /// <summary>Reads a seal.</summary>
    public static Seal Read(NpgsqlDataReader row) =>
        new(row.GetInt64(0), row.GetDateTime(1), row.GetFieldValue<ulong>(2), row.GetInt64(3), row.GetFieldValue<byte[]>(4), row.GetFieldValue<byte[]>(5))
        {
            Hash = row.GetFieldValue<byte[]>(6),
            KeyId = row.GetString(7),
            Signature = row.GetFieldValue<byte[]>(8),
        };

    private NpgsqlBatchCommand Command(string sql, params NpgsqlParameter[] values)
    {
        var command = new NpgsqlBatchCommand(sql) { Parameters = { NullableParameter.Of(_tenantId, NpgsqlDbType.Uuid) } };
        foreach (var value in values)
            command.Parameters.Add(value);
        return command;
    }

    private static NpgsqlParameter Transaction(Seal? seal) => new() { Value = seal?.LastTransactionId ?? 0, NpgsqlDbType = NpgsqlDbType.Xid8 };

    private static NpgsqlParameter Sequence(Seal? seal) => new() { Value = seal?.LastSequence ?? 0 };
}
