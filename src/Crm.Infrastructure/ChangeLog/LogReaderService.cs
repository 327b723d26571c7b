using System.ComponentModel.DataAnnotations;
using Crm.Application.ChangeLog;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Crm.Infrastructure.ChangeLog;

/// <summary>Runs one reader of the log as long as the process runs: at its interval, and sooner when this process commits.</summary>
internal sealed class LogReaderService<TReader>(TReader reader, LogReading reading, LogSignal signal, PeriodicTurns turns) : PeriodicService(turns)
    where TReader : LogReader
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
        var started = Time.GetTimestamp();
        await reading.ReadAsync(reader, token => MeasureAsync(started, token), cancellationToken);
        await MeasureAsync(_measured, cancellationToken);
    }

    // During a reading only when that takes long: what it has not come to yet is not behind.
    private async Task MeasureAsync(long? since, CancellationToken cancellationToken)
    {
        if (since is { } from && Time.GetElapsedTime(Math.Max(from, _measured ?? from)) < BetweenMeasurements)
            return;
        _measured = Time.GetTimestamp();
        await reading.MeasureAsync(reader.Name, cancellationToken);
    }

    protected override async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken cancellationToken)
    {
        if (!reader.IsWokenByCommits)
            return await base.WaitAsync(timer, cancellationToken);

        await Task.Delay(ShortestWait < Interval ? ShortestWait : Interval, Time, cancellationToken);
        await (_called ?? signal.Next()).WaitAsync(Interval, Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();

        // From before the turn on, so that a commit in the middle of it is heard.
        _called = signal.Next();
        return true;
    }
}

/// <summary>Gives every reader of this layer, each marked as a singleton, a service that runs it.</summary>
internal sealed class LogReaderServices : IModule
{
    public static void Register(IServiceCollection services)
    {
        var readers = typeof(LogReader).Assembly.GetTypes().Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(LogReader)));
        foreach (var reader in readers.OrderBy(reader => reader.FullName, StringComparer.Ordinal))
            services.AddSingleton(typeof(IHostedService), typeof(LogReaderService<>).MakeGenericType(reader));
    }
}

/// <summary>Wakes the readers of this process. Those of other nodes find new entries at their interval, which is the guarantee.</summary>
[Singleton(AlsoAsItself = true)]
internal sealed class LogSignal : ILogSignal
{
    private TaskCompletionSource? _next;

    public void Call() => Interlocked.Exchange(ref _next, null)?.TrySetResult();

    /// <summary>Ends with the next call.</summary>
    public Task Next()
    {
        var fresh = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (Interlocked.CompareExchange(ref _next, fresh, null) ?? fresh).Task;
    }
}

/// <summary>How the log is read; section <c>LogReaders</c> of the configuration.</summary>
[Section(LogReaderOptions.Section)]
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
