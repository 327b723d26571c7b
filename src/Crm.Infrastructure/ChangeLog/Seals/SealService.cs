using Crm.Application.Audit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.ChangeLog.Seals;

/// <summary>
/// Seals the log again and again while the system runs. What one round misses the next finds: what is sealed stands in the database.
/// </summary>
internal sealed partial class SealService(ISeals seals, IOptions<AuditOptions> options, TimeProvider time, ILogger<SealService> logger) : PeriodicService(time)
{
    protected override TimeSpan Interval => options.Value.SealInterval;

    protected override async Task RunAsync(CancellationToken cancellationToken)
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
