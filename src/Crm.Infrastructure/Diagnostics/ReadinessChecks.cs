using Crm.Infrastructure.Persistence;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crm.Infrastructure.Diagnostics;

/// <summary>Whether the database answers.</summary>
internal sealed class DatabaseReadiness(NpgsqlDataSource database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand("SELECT 1");
        await command.ExecuteScalarAsync(cancellationToken);
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
        return missing.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"{missing.Count} migrations are missing.");
    }
}

/// <summary>Whether there is room for the files the system keeps.</summary>
internal sealed class DiskReadiness(IConfiguration configuration, IOptions<ReadinessOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var folder = Path.GetFullPath(configuration["CRM_HOME"] is { Length: > 0 } home ? home : ".");
        while (!Directory.Exists(folder))
            folder = Path.GetDirectoryName(folder)!;
        var free = new DriveInfo(folder).AvailableFreeSpace;
        return Task.FromResult(free >= options.Value.LeastFreeBytes ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"{free} bytes are free."));
    }
}
