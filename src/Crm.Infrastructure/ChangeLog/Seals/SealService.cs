using Crm.Application.Audit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.ChangeLog.Seals;

/// <summary>Seals the log again and again while the system runs. What one round misses the next finds: what is sealed stands in the database.</summary>
internal sealed partial class SealService(ISeals seals, IOptions<AuditOptions> options, TimeProvider time, ILogger<SealService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SealInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TrySealAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Asked to stop.
        }
    }

    private async Task TrySealAsync(CancellationToken cancellationToken)
    {
        try
        {
            await seals.SealAsync(cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            NotSealed(logger, failure);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The log could not be sealed")]
    private static partial void NotSealed(ILogger logger, Exception failure);
}
