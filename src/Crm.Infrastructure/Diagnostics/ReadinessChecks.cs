using Crm.Infrastructure.Persistence;
using Crm.Infrastructure.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crm.Infrastructure.Diagnostics;

/// <summary>Whether the database answers.</summary>
internal sealed class DatabaseReadiness(HostSession host) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await host.ExecuteAsync(Sql.Of($"SELECT 1"), cancellationToken);
        return HealthCheckResult.Healthy();
    }
}

/// <summary>Whether the schema is the one this version of the code expects.</summary>
internal sealed class MigrationReadiness(NpgsqlDataSource database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var missing = await DatabaseMigrator.MissingAsync(connection, cancellationToken);
        return missing.Count == 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"{missing.Count} migrations are missing.");
    }
}

/// <summary>Whether there is room for what the system keeps, on the disk of <c>CRM_HOME</c> and on that of the tenants' files.</summary>
internal sealed class DiskReadiness(
    IConfiguration configuration, IOptions<StorageOptions> storage, IOptions<ReadinessOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var free = Math.Min(DiskChecks.FreeBytes(CrmHome.Of(configuration)), DiskChecks.FreeBytes(storage.Value.Folder!));
        return Task.FromResult(free >= options.Value.LeastFreeBytes
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"{free} bytes are free."));
    }
}
