using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.ChangeLog.Audit;

/// <summary>Writes what was counted, again and again while the system runs and once more when it stops.</summary>
internal sealed partial class EventCountsWriter(
    EventCounts counts, SecurityEventWriter writer, IOptions<AuditOptions> options, TimeProvider time, ILogger<EventCountsWriter> logger)
    : PeriodicService(time)
{
    private const int LargestBatch = 500;

    protected override TimeSpan Interval => options.Value.FlushInterval;

    /// <summary>Stops the rounds, then writes what is left.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await RunAsync(cancellationToken);
    }

    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var log in counts.Take())
        {
            foreach (var some in log.Chunk(LargestBatch))
            {
                try
                {
                    await writer.WriteAsync(log.Key, some.Select(counted => counted.Value.Of(counted.Key)), cancellationToken);
                }
                catch (Exception failure)
                {
                    // Kept for the next round; after the last one only the program's own log shows it.
                    counts.PutBack(some);
                    NotWritten(logger, failure, some.Length);
                }
            }
        }
    }

    [LoggerMessage(1, LogLevel.Error, "{Events} counts of refusals could not be written")]
    private static partial void NotWritten(ILogger logger, Exception failure, int events);
}
