using System.Diagnostics.Metrics;
using Crm.Infrastructure.Persistence;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.ChangeLog;

/// <summary>
/// Follows the logs of all tenants and of the host under a name of its own, with a cursor for each log. One node at a time reads a log.
/// </summary>
internal abstract class LogReader
{
    /// <summary>The name that its cursors are stored under; never changes.</summary>
    public abstract string Name { get; }

    /// <summary>The longest time until new entries are read.</summary>
    public abstract TimeSpan PollInterval { get; }

    /// <summary>How often a batch may be handled.</summary>
    public abstract LogDelivery Delivery { get; }

    /// <summary>Whether a commit wakes the reader before its interval is over.</summary>
    public virtual bool IsWokenByCommits => true;

    /// <summary>The most entries of a batch.</summary>
    public virtual int BatchSize => 1000;

    /// <summary>Handles a batch.</summary>
    /// <param name="session">In the name of the log's tenant; if delivery is exactly once, in the transaction that advances the cursor.</param>
    public abstract Task HandleAsync(LogBatch batch, HostSession session, CancellationToken cancellationToken);
}

/// <summary>How often a reader is given a batch.</summary>
internal enum LogDelivery
{
    /// <summary>Its effect is in this database and committed with the cursor.</summary>
    ExactlyOnce,

    /// <summary>Its effect is elsewhere. A batch comes again when the node dies, or loses its lease, before the cursor is stored.</summary>
    AtLeastOnce,
}

/// <summary>Reads what is new for a reader, log by log.</summary>
[Singleton]
internal sealed partial class LogReading(
    HostSession host, LogQueue queue, IOptions<LogReaderOptions> options, TimeProvider time, ILogger<LogReader> logger)
{
    private const int BatchesPerTurn = 20;
    private const int MostCounted = 100_000;

    private static readonly TimeSpan GivingBack = TimeSpan.FromSeconds(5);

    private static readonly Meter Meter = new("Crm");
    private static readonly Gauge<long> LagEntries =
        Meter.CreateGauge<long>("crm.log.lag.entries", "{entry}", "Entries of all logs that a reader has before it, up to 100,000.");

    private static readonly Gauge<double> LagSeconds =
        Meter.CreateGauge<double>("crm.log.lag", "s", "Age of the oldest entry that a reader has before it; 0 when there is none.");

    private readonly TimeSpan _lease = options.Value.Lease;

    /// <summary>Reads every log that has new entries and that no other node is reading.</summary>
    /// <returns>How many entries were handled.</returns>
    public Task<int> ReadAsync(LogReader reader, CancellationToken cancellationToken) =>
        ReadAsync(reader, static _ => Task.CompletedTask, cancellationToken);

    /// <summary>The same, with something to do in between.</summary>
    /// <param name="afterTurn">Called whenever a log was given back.</param>
    /// <returns>How many entries were handled.</returns>
    public async Task<int> ReadAsync(LogReader reader, Func<CancellationToken, Task> afterTurn, CancellationToken cancellationToken)
    {
        await queue.DiscoverAsync(reader.Name, cancellationToken);
        var total = 0;
        while (await queue.ClaimAsync(reader.Name, _lease, cancellationToken) is { } claim)
        {
            total += await TakeTurnAsync(reader, claim, cancellationToken);
            await afterTurn(cancellationToken);
        }

        return total;
    }

    /// <summary>Measures how far a reader is behind, if anybody listens.</summary>
    public async Task MeasureAsync(string reader, CancellationToken cancellationToken)
    {
        if (!LagEntries.Enabled && !LagSeconds.Enabled)
            return;
        var (entries, seconds) = await LagAsync(reader, cancellationToken);
        var tag = new KeyValuePair<string, object?>("reader", reader);
        LagEntries.Record(entries, tag);
        LagSeconds.Record(seconds, tag);
    }

    /// <summary>How many entries a reader has before it, and how many seconds old the oldest is.</summary>
    public Task<(long Entries, double Seconds)> LagAsync(string reader, CancellationToken cancellationToken) => host.SingleAsync(
        Sql.Of($"""
            SELECT entries, coalesce(greatest(extract(epoch FROM clock_timestamp() - oldest), 0), 0)::float8
            FROM log_lag({Sql.Text(reader)}, {MostCounted})
            """),
        row => (row.GetInt64(0), row.GetDouble(1)),
        cancellationToken);

    /// <summary>Reads a log until it is read up or its turn is over. A failure makes this log wait, and no other.</summary>
    internal async Task<int> TakeTurnAsync(LogReader reader, LogClaim claim, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var heartbeat = Heartbeat.KeepAsync(
            _lease,
            token => queue.RenewAsync(claim, _lease, token),
            failure => NotRenewed(logger, failure, reader.Name, claim.Log),
            stop,
            time);
        var total = 0;
        try
        {
            var readTo = 0UL;
            for (var i = 0; i < BatchesPerTurn && readTo == 0; i++)
            {
                var (handled, horizon) = await HandleNextAsync(reader, claim, stop.Token);
                total += handled;
                if (handled < reader.BatchSize)
                    readTo = horizon;
            }

            await queue.ReleaseAsync(claim, readTo, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Given back when the process stops, so that the log need not wait for the lease to end; otherwise another node has it.
            if (cancellationToken.IsCancellationRequested)
                await GiveBackAsync(claim);
        }
        catch (LeaseLostException)
        {
            // Another node has the log; nothing was written.
        }
        catch (Exception failure)
        {
            NotRead(logger, failure, reader.Name, claim.Log);
            await queue.FailAsync(claim, TimeSpan.FromSeconds(Math.Min(60, 1 << Math.Min(claim.Failures, 6))), cancellationToken);
        }
        finally
        {
            await stop.CancelAsync();
            await heartbeat;
        }

        return total;
    }

    private async Task GiveBackAsync(LogClaim claim)
    {
        using var limit = new CancellationTokenSource(GivingBack, time);
        await queue.ReleaseAsync(claim, readTo: 0, limit.Token);
    }

    private Task<(int Handled, ulong Horizon)> HandleNextAsync(LogReader reader, LogClaim claim, CancellationToken cancellationToken)
    {
        var session = claim.Log.Of(host);
        return reader.Delivery == LogDelivery.ExactlyOnce
            ? session.InTransactionAsync((transaction, token) => HandleNextAsync(reader, claim, transaction, token), cancellationToken)
            : HandleNextAsync(reader, claim, session, cancellationToken);
    }

    private static async Task<(int Handled, ulong Horizon)> HandleNextAsync(
        LogReader reader, LogClaim claim, HostSession session, CancellationToken cancellationToken)
    {
        // The horizon comes before the cursor: taking the cursor begins a transaction of this node's own, which would be the oldest.
        var (horizon, now, after) = await session.RunAsync([ChangeFeed.Horizon(), TakeCursor(claim)], async (row, token) =>
        {
            var (oldest, at) = await row.FirstAsync(r => (r.GetFieldValue<ulong>(0), r.GetDateTime(1)), token);
            await row.NextResultAsync(token);
            var position = await row.FirstAsync(r => (LogPosition?)new LogPosition(r.GetFieldValue<ulong>(0), r.GetInt64(1)), token);
            return (oldest, at, position ?? throw new LeaseLostException());
        }, cancellationToken);

        var next = ChangeFeed.After(claim.Log, after, horizon, reader.BatchSize);
        var entries = await session.QueryAsync(next, LogEntry.Read, cancellationToken);
        if (entries.Count == 0)
            return (0, horizon);

        var batch = new LogBatch(claim.Log, entries, now);
        await reader.HandleAsync(batch, session, cancellationToken);
        if (await session.ExecuteAsync(Advance(claim, batch.Last), cancellationToken) != 1)
            throw new LeaseLostException();
        return (entries.Count, horizon);
    }

    private static Sql TakeCursor(LogClaim claim)
    {
        var key = claim.Log.Leading(Sql.Of($"tenant_id"));
        return Sql.Of($"""
            INSERT INTO {claim.Log.Cursors} AS kept ({key}reader, fence)
            VALUES ({claim.Log.Leading(Sql.Of($"{Sql.Tenant}"))}{Sql.Text(claim.Reader)}, {claim.Fence})
            ON CONFLICT ({key}reader) DO UPDATE SET fence = excluded.fence WHERE kept.fence <= excluded.fence
            RETURNING transaction_id, sequence
            """);
    }

    private static Sql Advance(LogClaim claim, LogPosition last) => Sql.Of($"""
        UPDATE {claim.Log.Cursors}
        SET transaction_id = {last.TransactionId}, sequence = {last.Sequence}, updated_at = clock_timestamp()
        WHERE {claim.Log.Scope} AND reader = {Sql.Text(claim.Reader)} AND fence = {claim.Fence}
        """);

    [LoggerMessage(1, LogLevel.Error, "{Reader} could not read the log {Log}; it is tried again")]
    private static partial void NotRead(ILogger logger, Exception failure, string reader, ChangeLogName log);

    [LoggerMessage(2, LogLevel.Warning, "The lease of {Reader} on the log {Log} could not be renewed")]
    private static partial void NotRenewed(ILogger logger, Exception failure, string reader, ChangeLogName log);

    private sealed class LeaseLostException() : Exception("Another node reads this log by now.");
}
