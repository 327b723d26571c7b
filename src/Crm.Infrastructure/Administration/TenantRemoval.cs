using Crm.Application.MultiTenancy;
using Crm.Application.Storage;
using Crm.Application.Tenants;
using Crm.Domain.Tenants;
using Crm.Infrastructure.Persistence;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.Administration;

/// <summary>
/// Removes tenants whose time of grace is over: their rows in bounded transactions, their files, the tenant itself last. A node that dies
/// in between leaves a tenant that is still to be removed, with less in it.
/// </summary>
[Singleton]
internal sealed partial class TenantRemoval(
    HostSession host, IMultiTenantStore tenants, ITenantScope scope, ITenantFiles files, IOptions<TenantOptions> options,
    ILogger<TenantRemoval> logger)
    : ITenantRemoval
{
    private const int TenantsAtOnce = 100;

    public async Task<int> RemoveDueAsync(CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var id in await ListDueAsync(cancellationToken))
        {
            if (await RemoveAsync(id, cancellationToken))
                removed++;
        }

        return removed;
    }

    private async Task<bool> RemoveAsync(Guid id, CancellationToken cancellationToken)
    {
        // One that another began to remove may have lost its last row, and not its files.
        await DeleteFilesAsync(id, cancellationToken);
        long rows = 0;
        while (true)
        {
            var removed = await PurgeAsync(id, cancellationToken);
            if (removed <= 0)
            {
                if (removed == 0)
                    Removed(logger, id, rows);
                return removed == 0;
            }

            if (rows == 0)
                await DeleteFilesAsync(id, cancellationToken);
            rows += removed;
        }
    }

    // Only when nobody can restore the tenant any more, which the first removed row sees to.
    private async Task DeleteFilesAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await tenants.GetAsync(id, cancellationToken) is not { Status: TenantStatuses.Purging } tenant)
            return;
        using (scope.Use(tenant))
            files.DeleteAll();
    }

    // The number of rows removed; 0 when the last one was removed with the tenant, -1 when the tenant is not due or another node is at it.
    private Task<int> PurgeAsync(Guid id, CancellationToken cancellationToken) => host.SingleAsync(
        Sql.Of($"SELECT purge_tenant({id}, {options.Value.SweepBatch})"), row => row.GetInt32(0), cancellationToken);

    private Task<List<Guid>> ListDueAsync(CancellationToken cancellationToken) => host.QueryAsync(
        Sql.Of($"""
            SELECT id FROM tenants WHERE delete_after <= clock_timestamp()
            ORDER BY delete_after LIMIT {Sql.Literal(TenantsAtOnce)}
            """),
        row => row.GetGuid(0), cancellationToken);

    [LoggerMessage(1, LogLevel.Information, "Tenant {TenantId} was removed with {Rows} rows")]
    private static partial void Removed(ILogger logger, Guid tenantId, long rows);
}
