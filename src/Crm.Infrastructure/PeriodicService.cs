using Microsoft.Extensions.Hosting;

namespace Crm.Infrastructure;

/// <summary>Does something again and again while the process runs, for the first time one interval after the start.</summary>
internal abstract class PeriodicService(TimeProvider time) : BackgroundService
{
    /// <summary>The clock.</summary>
    protected TimeProvider Time => time;

    /// <summary>How long it is from one round to the next; read once, when the first is waited for.</summary>
    protected abstract TimeSpan Interval { get; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Asked to stop.
        }
    }

    /// <summary>One round. What it throws ends the process, so whatever can be tried again it has to catch.</summary>
    protected abstract Task RunAsync(CancellationToken cancellationToken);
}
