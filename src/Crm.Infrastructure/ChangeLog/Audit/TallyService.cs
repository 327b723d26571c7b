using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.ChangeLog.Audit;

/// <summary>Writes what was counted, again and again while the system runs and once more when it stops.</summary>
internal sealed partial class TallyService(EventTally tally, SecurityEventWriter writer, IOptions<AuditOptions> options, TimeProvider time, ILogger<TallyService> logger) : BackgroundService
{
    private const int LargestBatch = 500;

    /// <summary>Stops the rounds, then writes what is left.</summary>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>A task that ends when it is written, or could not be.</returns>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await WriteAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.FlushInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await WriteAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Asked to stop.
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        foreach (var log in tally.Take())
        {
            foreach (var some in log.Chunk(LargestBatch))
            {
                try
                {
                    await writer.WriteAsync(log.Key, some.Select(counted => counted.Value.Of(counted.Key)), cancellationToken);
                }
                catch (Exception failure)
                {
                    // Kept for the next round; after the last one nothing but the program's own log tells of it.
                    tally.PutBack(some);
                    NotWritten(logger, failure, some.Length);
                }
            }
        }
    }

    [LoggerMessage(1, LogLevel.Error, "{Events} counts of refusals could not be written")]
    private static partial void NotWritten(ILogger logger, Exception failure, int events);
}
