using Crm.Application.Tenants;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.Administration;

/// <summary>
/// Has tenants removed whose time of grace is over, as long as the process runs. What fails is tried again at the next look.
/// </summary>
internal sealed partial class TenantSweep(
    ITenantRemoval removal, IOptions<TenantOptions> options, TimeProvider time, ILogger<TenantSweep> logger) : PeriodicService(time)
{
    protected override TimeSpan Interval => options.Value.SweepInterval;

    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await removal.RemoveDueAsync(cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            NotRemoved(logger, failure);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "Tenants whose time of grace is over could not be removed")]
    private static partial void NotRemoved(ILogger logger, Exception failure);
}
