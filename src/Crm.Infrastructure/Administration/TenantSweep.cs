using Crm.Application.Tenants;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.Administration;

/// <summary>Removes tenants whose grace period is over.</summary>
internal sealed class TenantSweep(ITenantRemoval removal, IOptions<TenantOptions> options, PeriodicTurns turns) : PeriodicService(turns)
{
    protected override TimeSpan Interval => options.Value.SweepInterval;

    protected override PeriodicScope Scope => PeriodicScope.OneNode;

    protected override Task RunAsync(CancellationToken cancellationToken) => removal.RemoveDueAsync(cancellationToken);
}
