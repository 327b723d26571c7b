using Crm.Infrastructure.Persistence;

namespace Crm.Infrastructure.ChangeLog;

/// <summary>
/// Which logs each reader has to read. They are found by the new entries of all logs, not by a look at every tenant, and each is one node's
/// for the length of a lease. Only the database's clock counts.
/// </summary>
[Singleton]
internal sealed class LogQueue(HostSession host)
{
    /// <summary>The longest range of transactions that is searched; beyond, every log is looked at.</summary>
    public const ulong LongestSearch = 10_000_000;

    private readonly Dictionary<string, (ulong From, ulong Horizon)> _searched = [];
    private readonly Lock _lock = new();

    /// <summary>Finds the logs that have new entries for a reader. Several nodes may do this at once.</summary>
    public async Task DiscoverAsync(string reader, CancellationToken cancellationToken)
    {
        var (from, horizon) = await host.RunAsync(
            [
                Sql.Of($"SELECT transaction_id FROM log_readers WHERE reader = {Sql.Text(reader)}"),
                ChangeFeed.Horizon(),
            ],
            async (row, token) =>
            {
                var known = await row.FirstAsync(r => (ulong?)r.GetFieldValue<ulong>(0), token);
                await row.NextResultAsync(token);
                return (known, await row.FirstAsync(r => r.GetFieldValue<ulong>(0), token));
            },
            cancellationToken);
        if (from is null)
        {
            await host.ExecuteAsync(
                Sql.Of($"INSERT INTO log_readers (reader) VALUES ({Sql.Text(reader)}) ON CONFLICT DO NOTHING"), cancellationToken);
        }

        var range = (From: from ?? 0, Horizon: horizon);

        // While nothing is written the same range comes again and again.
        lock (_lock)
        {
            if (_searched.TryGetValue(reader, out var last) && last == range)
                return;
        }

        await EnqueueAsync(reader, range.From, range.Horizon, cancellationToken);
        lock (_lock)
            _searched[reader] = range;
    }

    /// <summary>Takes a log that a reader has to read, if there is one. No two nodes take the same.</summary>
    public Task<LogClaim?> ClaimAsync(string reader, TimeSpan lease, CancellationToken cancellationToken) => host.SingleAsync(
        Sql.Of($"""
            WITH next AS MATERIALIZED (
                SELECT ctid FROM log_queue
                WHERE reader = {Sql.Text(reader)} AND unread_to > read_to AND available_at <= statement_timestamp()
                ORDER BY available_at LIMIT 1 FOR UPDATE SKIP LOCKED)
            UPDATE log_queue log SET available_at = clock_timestamp() + {lease}, fence = log.fence + 1
            FROM next WHERE log.ctid = next.ctid
            RETURNING log.tenant_id, log.fence, log.failures
            """),
        row => new LogClaim(reader, new ChangeLogName(row.ValueOrNull<Guid>(0)), row.GetInt64(1), row.GetInt32(2)),
        cancellationToken);

    /// <summary>Extends a lease.</summary>
    /// <returns>Whether the log is still this claim's.</returns>
    public async Task<bool> RenewAsync(LogClaim claim, TimeSpan lease, CancellationToken cancellationToken) =>
        await host.ExecuteAsync(
            Sql.Of($"UPDATE log_queue SET available_at = clock_timestamp() + {lease} WHERE {IsClaimed(claim)}"), cancellationToken) == 1;

    /// <summary>Gives a log back.</summary>
    /// <param name="readTo">Everything below this transaction has been read.</param>
    public Task ReleaseAsync(LogClaim claim, ulong readTo, CancellationToken cancellationToken) => host.ExecuteAsync(
        Sql.Of($"""
            UPDATE log_queue SET read_to = greatest(read_to, {readTo}), available_at = clock_timestamp(), failures = 0
            WHERE {IsClaimed(claim)}
            """),
        cancellationToken);

    /// <summary>Gives a log back that could not be read; it waits a while.</summary>
    public Task FailAsync(LogClaim claim, TimeSpan delay, CancellationToken cancellationToken) => host.ExecuteAsync(
        Sql.Of($"UPDATE log_queue SET available_at = clock_timestamp() + {delay}, failures = failures + 1 WHERE {IsClaimed(claim)}"),
        cancellationToken);

    // In one order on every node, so that they do not wait for one another in a circle.
    internal Task<int> EnqueueAsync(string reader, ulong from, ulong horizon, CancellationToken cancellationToken)
    {
        var (name, below) = (Sql.Text(reader), Sql.Value(horizon, NpgsqlTypes.NpgsqlDbType.Xid8));
        var changed = horizon - from > LongestSearch
            ? Sql.Of($"SELECT id AS tenant_id FROM tenants UNION ALL SELECT NULL")
            : Sql.Of($"SELECT changed AS tenant_id FROM changed_logs({from}, {below}) AS changed");
        return host.ExecuteAsync(
            Sql.Of($"""
                WITH changed AS MATERIALIZED ({changed}),
                queued AS (
                    INSERT INTO log_queue AS log (reader, tenant_id, unread_to)
                    SELECT {name}, changed.tenant_id, {below}
                    FROM changed LEFT JOIN tenants ON tenants.id = changed.tenant_id
                    WHERE changed.tenant_id IS NULL OR tenants.id IS NOT NULL
                    ORDER BY changed.tenant_id
                    ON CONFLICT (reader, tenant_id) DO UPDATE SET unread_to = excluded.unread_to WHERE log.unread_to < excluded.unread_to)
                UPDATE log_readers SET transaction_id = {below}
                WHERE reader = {name} AND transaction_id < {below} AND EXISTS (SELECT FROM changed)
                """),
            cancellationToken);
    }

    private static Sql IsClaimed(LogClaim claim) => Sql.Of($"""
        reader = {Sql.Text(claim.Reader)} AND tenant_id IS NOT DISTINCT FROM {claim.Log.TenantId} AND fence = {claim.Fence}
        """);
}

/// <summary>A log that a node reads for a reader.</summary>
/// <param name="Fence">Grows with every claim: a claim with a lower number has lost the log.</param>
/// <param name="Failures">How often reading has failed since it last succeeded.</param>
internal sealed record LogClaim(string Reader, ChangeLogName Log, long Fence, int Failures);
