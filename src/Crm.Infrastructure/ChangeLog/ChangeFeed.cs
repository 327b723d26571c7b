using Crm.Infrastructure.Persistence;
using Npgsql;

namespace Crm.Infrastructure.ChangeLog;

/// <summary>
/// Reads logs in an order that commits cannot disturb: by transaction, then by sequence, below the oldest transaction that is still
/// running. Nothing can be inserted any more before what was read.
/// </summary>
internal static class ChangeFeed
{
    /// <summary>
    /// The oldest transaction that is still running, and the time. It is taken in a statement of its own, before the one that reads: what
    /// is committed between the two belongs to a transaction that is not below it.
    /// </summary>
    public static Sql Horizon() => Sql.Of($"SELECT pg_snapshot_xmin(pg_current_snapshot()), clock_timestamp()");

    /// <summary>Reads the entries after a position and below a horizon, in order.</summary>
    public static Sql After(ChangeLogName log, LogPosition after, ulong below, int limit) => Sql.Of($"""
        SELECT {log.Columns} FROM {log.Table}
        WHERE {log.Scope} AND (transaction_id, sequence) > ({after.TransactionId}, {after.Sequence}) AND transaction_id < {below}
        ORDER BY transaction_id, sequence LIMIT {limit}
        """);

    /// <summary>Reads the entries after a position up to another, in order.</summary>
    public static Sql Between(ChangeLogName log, LogPosition after, LogPosition last) => Sql.Of($"""
        SELECT {log.Columns} FROM {log.Table}
        WHERE {log.Scope} AND (transaction_id, sequence) > ({after.TransactionId}, {after.Sequence})
          AND (transaction_id, sequence) <= ({last.TransactionId}, {last.Sequence})
        ORDER BY transaction_id, sequence
        """);

    /// <summary>Counts the entries after a position, readable yet or not.</summary>
    public static Sql Count(ChangeLogName log, LogPosition after) => Sql.Of($"""
        SELECT count(*) FROM {log.Table} WHERE {log.Scope} AND (transaction_id, sequence) > ({after.TransactionId}, {after.Sequence})
        """);
}

/// <summary>A place in a log: entries are ordered by their transaction, then by their sequence number.</summary>
internal readonly record struct LogPosition(ulong TransactionId, long Sequence)
{
    /// <summary>Before every entry.</summary>
    public static LogPosition Start { get; } = new(0, 0);
}

/// <summary>The log of one tenant, or the host's.</summary>
/// <param name="TenantId">The tenant; <c>null</c> for the host.</param>
internal sealed record ChangeLogName(Guid? TenantId)
{
    // Position and id first, then every other column. Seals hash them in this order.
    private static readonly Sql CommonColumns = Sql.Of($"""
        transaction_id, sequence, id, at, record_type, record_id, action, actor_type, actor_id, origin, correlation_id,
        address::text, session_id, fields::text
        """);

    private static readonly Sql TenantColumns = Sql.Of($"{CommonColumns}, tenant_id, version, causation_id");
    private static readonly Sql HostColumns = Sql.Of($"{CommonColumns}, subject");

    /// <summary>The log above tenants.</summary>
    public static ChangeLogName Host { get; } = new(TenantId: null);

    public Identifier Table => new(TenantId is null ? "host_changes" : "changes");

    public Identifier Cursors => new(TenantId is null ? "host_log_cursors" : "log_cursors");

    public Sql Columns => TenantId is null ? HostColumns : TenantColumns;

    /// <summary>The condition that a row belongs to this log.</summary>
    public Sql Scope => TenantId is null ? Sql.True : Sql.Of($"tenant_id = {Sql.Tenant}");

    /// <summary>A column, or value, that comes first in rows of a tenant and is missing from the host's.</summary>
    public Sql Leading(Sql tenant) => TenantId is null ? Sql.Empty : Sql.Of($"{tenant}, ");

    /// <summary>A session in the name of the log's tenant.</summary>
    public HostSession Of(HostSession host) => TenantId is { } tenant ? host.In(tenant) : host;

    /// <summary>The tenant's id, or <c>host</c>.</summary>
    public override string ToString() => TenantId?.ToString() ?? "host";
}

/// <summary>An entry of a log: all its columns, in the order of <see cref="ChangeLogName.Columns"/>.</summary>
internal sealed record LogEntry(object[] Columns)
{
    public LogPosition Position => new((ulong)Columns[0], (long)Columns[1]);

    public Guid Id => (Guid)Columns[2];

    public static LogEntry Read(NpgsqlDataReader row)
    {
        var columns = new object[row.FieldCount];
        row.GetValues(columns);
        return new LogEntry(columns);
    }
}

/// <summary>Entries that a reader handles together, all of one log.</summary>
/// <param name="Log">The log.</param>
/// <param name="Entries">At least one, in order.</param>
/// <param name="ReadAt">When they were read, by the database's clock.</param>
internal sealed record LogBatch(ChangeLogName Log, IReadOnlyList<LogEntry> Entries, DateTime ReadAt)
{
    public LogPosition Last => Entries[^1].Position;
}
