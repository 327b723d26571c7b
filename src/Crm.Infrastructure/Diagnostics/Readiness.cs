using Crm.Infrastructure.Persistence;
using Crm.Infrastructure.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crm.Infrastructure.Diagnostics;

/// <summary>When the system counts as ready.</summary>
[Section("Readiness")]
public sealed class ReadinessOptions : IModule
{
    /// <summary>So many bytes must be free where the system keeps its files; 512 MiB unless set.</summary>
    public long LeastFreeBytes { get; set; } = DiskChecks.LeastFreeBytes;

    /// <summary>So long a check may take before it counts as failed; 2 seconds unless set.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Registers the checks of the database, its schema and the disk.</summary>
    public static void Register(IServiceCollection services)
    {
        services.AddHealthChecks()
            .AddCheck<DatabaseReadiness>("database")
            .AddCheck<MigrationReadiness>("migrations")
            .AddCheck<DiskReadiness>("disk");

        // Of every check, whoever added it.
        services.AddOptions<HealthCheckServiceOptions>().Configure<IOptions<ReadinessOptions>>((checks, readiness) =>
        {
            foreach (var check in checks.Registrations)
                check.Timeout = readiness.Value.Timeout;
        });
    }
}

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

/// <summary>Whether the disks of <c>CRM_HOME</c> and of the tenants' files have enough free space.</summary>
internal sealed class DiskReadiness(IConfiguration configuration, IOptions<StorageOptions> storage, IOptions<ReadinessOptions> options)
    : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var free = Math.Min(DiskChecks.FreeBytes(CrmHome.Of(configuration)), DiskChecks.FreeBytes(storage.Value.Folder!));
        return Task.FromResult(
            free >= options.Value.LeastFreeBytes ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"{free} bytes are free."));
    }
}
