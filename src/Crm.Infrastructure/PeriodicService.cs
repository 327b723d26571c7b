using System.Diagnostics.Metrics;
using Crm.Infrastructure.Persistence;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crm.Infrastructure;

/// <summary>
/// Does something again and again while the process runs, first one interval after the start. A turn that fails is logged and measured
/// here; the next one follows as usual.
/// </summary>
internal abstract partial class PeriodicService(PeriodicTurns turns) : BackgroundService
{
    /// <summary>The name in logs, metrics and leases.</summary>
    protected virtual string Name => GetType().Name;

    /// <summary>The time from one turn to the next; read once, when the first is waited for.</summary>
    protected abstract TimeSpan Interval { get; }

    /// <summary>Which nodes do a turn.</summary>
    protected abstract PeriodicScope Scope { get; }

    /// <summary>The clock.</summary>
    protected TimeProvider Time => turns.Time;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, Time);
        try
        {
            while (await WaitAsync(timer, stoppingToken))
                await TakeTurnAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Asked to stop.
        }
    }

    /// <summary>Waits for the next turn.</summary>
    protected virtual async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken cancellationToken) =>
        await timer.WaitForNextTickAsync(cancellationToken);

    /// <summary>One turn. What it throws is logged and counted.</summary>
    protected abstract Task RunAsync(CancellationToken cancellationToken);

    /// <summary>Does a turn if it is this node's, and catches, logs and measures.</summary>
    protected Task TakeTurnAsync(CancellationToken cancellationToken) => Scope == PeriodicScope.EveryNode
        ? RunGuardedAsync(cancellationToken)
        : turns.TakeAsync(Name, Interval, RunGuardedAsync, cancellationToken);

    /// <summary>Does a turn whichever node it is, and catches, logs and measures.</summary>
    protected Task RunGuardedAsync(CancellationToken cancellationToken) => turns.RunAsync(Name, RunAsync, cancellationToken);

    /// <summary>Does something for each item, whatever becomes of the others.</summary>
    /// <param name="undo">Gives back an item whose turn failed.</param>
    /// <exception cref="AggregateException">At least one failed.</exception>
    protected static async Task ForEachAsync<T>(IEnumerable<T> items, Func<T, Task> work, Action<T> undo)
    {
        var failures = new List<Exception>();
        foreach (var item in items)
        {
            try
            {
                await work(item);
            }
            catch (Exception failure)
            {
                undo(item);
                failures.Add(failure);
            }
        }

        if (failures.Count > 0)
            throw new AggregateException(failures);
    }
}

/// <summary>Which nodes do a turn of periodic work.</summary>
internal enum PeriodicScope
{
    /// <summary>Exactly one in each interval, by a lease in the database.</summary>
    OneNode,

    /// <summary>Each, since the work is about what the process itself holds.</summary>
    EveryNode,
}

/// <summary>The turns of all periodic work: who has one, how long it took, what came of it.</summary>
[Singleton]
internal sealed partial class PeriodicTurns(HostSession host, TimeProvider time, ILogger<PeriodicService> logger)
{
    private static readonly Meter Meter = new("Crm");
    private static readonly Histogram<double> Duration =
        Meter.CreateHistogram<double>("crm.periodic.duration", "s", "Time a turn of periodic work took, by name and outcome.");

    private static readonly Counter<long> Failures =
        Meter.CreateCounter<long>("crm.periodic.failures", "{turn}", "Turns of periodic work that failed, by name.");

    private static readonly Gauge<double> LastSuccess =
        Meter.CreateGauge<double>("crm.periodic.last_success", "s", "When periodic work last succeeded on this node, in Unix time.");

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    public TimeProvider Time => time;

    /// <summary>Runs work if no node has begun a turn of it within the last interval, and none is still at one.</summary>
    public async Task TakeAsync(string name, TimeSpan interval, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        long? fence = null;
        await RunAsync(name, async token => fence = await ClaimAsync(name, interval, token), cancellationToken, isTurn: false);
        if (fence is not { } held)
            return;

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var heartbeat = Heartbeat.KeepAsync(
            Lease, token => RenewAsync(name, held, Lease, token), failure => NotRenewed(logger, failure, name), stop, time);
        try
        {
            await work(stop.Token);
        }
        finally
        {
            await stop.CancelAsync();
            await heartbeat;
        }

        await RunAsync(name, token => RenewAsync(name, held, TimeSpan.Zero, token), CancellationToken.None, isTurn: false);
    }

    /// <summary>Runs work; catches, logs and measures what becomes of it.</summary>
    /// <param name="isTurn">Whether it is the work itself, and not the lease around it.</param>
    public async Task RunAsync(string name, Func<CancellationToken, Task> work, CancellationToken cancellationToken, bool isTurn = true)
    {
        var tag = new KeyValuePair<string, object?>("work", name);
        var started = time.GetTimestamp();
        try
        {
            await work(cancellationToken);
            if (!isTurn)
                return;
            Duration.Record(time.GetElapsedTime(started).TotalSeconds, tag, new("outcome", "ok"));
            LastSuccess.Record(time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0, tag);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopped, or another node has taken over.
        }
        catch (Exception failure)
        {
            Failures.Add(1, tag);
            Duration.Record(time.GetElapsedTime(started).TotalSeconds, tag, new("outcome", "failed"));
            Failed(logger, failure, name);
        }
    }

    // Nodes tick at times of their own, and clocks differ: a tenth of the interval is allowed for.
    private Task<long?> ClaimAsync(string name, TimeSpan interval, CancellationToken cancellationToken) => host.SingleAsync(
        Sql.Of($"""
            INSERT INTO periodic_work AS work (name, fence, started_at, lease_until)
            VALUES ({Sql.Text(name)}, 1, clock_timestamp(), clock_timestamp() + {Lease})
            ON CONFLICT (name) DO UPDATE
            SET fence = work.fence + 1, started_at = excluded.started_at, lease_until = excluded.lease_until
            WHERE work.lease_until <= clock_timestamp() AND work.started_at <= clock_timestamp() - {interval * 0.9}
            RETURNING fence
            """),
        row => (long?)row.GetInt64(0),
        cancellationToken);

    private async Task<bool> RenewAsync(string name, long fence, TimeSpan lease, CancellationToken cancellationToken) =>
        await host.ExecuteAsync(
            Sql.Of($"UPDATE periodic_work SET lease_until = clock_timestamp() + {lease} WHERE name = {Sql.Text(name)} AND fence = {fence}"),
            cancellationToken) == 1;

    [LoggerMessage(1, LogLevel.Error, "{Work} failed; the next turn follows as usual")]
    private static partial void Failed(ILogger logger, Exception failure, string work);

    [LoggerMessage(2, LogLevel.Warning, "The lease of {Work} could not be renewed")]
    private static partial void NotRenewed(ILogger logger, Exception failure, string work);
}
