using System.ComponentModel.DataAnnotations;
using Crm.Application.ChangeLog;

namespace Crm.Infrastructure.ChangeLog;

/// <summary>Runs one reader of the log as long as the process runs: at its interval, and sooner when this process commits.</summary>
internal sealed class LogReaderService(LogReader reader, LogReading reading, LogSignal signal, PeriodicTurns turns) : PeriodicService(turns)
{
    private static readonly TimeSpan BetweenMeasurements = TimeSpan.FromSeconds(10);

    // Commits that follow one another at once wake a reader once.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(100);

    private long? _measured;
    private Task? _called;

    protected override string Name => $"LogReader.{reader.Name}";

    protected override TimeSpan Interval => reader.PollInterval;

    /// <summary>Every node reads; each log is one node's at a time.</summary>
    protected override PeriodicScope Scope => PeriodicScope.EveryNode;

    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        await reading.ReadAsync(reader, cancellationToken);
        if (_measured is { } last && Time.GetElapsedTime(last) < BetweenMeasurements)
            return;
        _measured = Time.GetTimestamp();
        await reading.MeasureAsync(reader.Name, cancellationToken);
    }

    protected override async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken cancellationToken)
    {
        if (!reader.IsWokenByCommits)
            return await base.WaitAsync(timer, cancellationToken);

        await Task.Delay(ShortestWait < Interval ? ShortestWait : Interval, Time, cancellationToken);
        await Task.WhenAny(_called ?? signal.Next(), Task.Delay(Interval, Time, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();

        // From before the turn on, so that a commit in the middle of it is heard.
        _called = signal.Next();
        return true;
    }
}

/// <summary>Wakes the readers of this process. Those of other nodes find new entries at their interval, which is the guarantee.</summary>
internal sealed class LogSignal : ILogSignal
{
    private TaskCompletionSource? _next;

    public void Call() => Interlocked.Exchange(ref _next, null)?.TrySetResult();

    /// <summary>Ends with the next call.</summary>
    public Task Next() => LazyInitializer.EnsureInitialized(
        ref _next, static () => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
}

/// <summary>How the log is read; section <c>LogReaders</c> of the configuration.</summary>
public sealed class LogReaderOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "LogReaders";

    /// <summary>The longest time until readers that follow commits see an entry of another node, 10 ms – 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long the logs that a killed node was reading wait, 1 s – 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(10);
}
