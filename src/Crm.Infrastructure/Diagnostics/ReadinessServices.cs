using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.Diagnostics;

/// <summary>Registers what must be in order before the system takes requests.</summary>
public static class ReadinessServices
{
    /// <summary>
    /// Registers the checks of the database, its schema and the disk, and what is said at start of connections that are open to others.
    /// </summary>
    public static IServiceCollection AddReadiness(this IServiceCollection services)
    {
        services.AddOptions<ReadinessOptions>().BindConfiguration(ReadinessOptions.Section);
        services.AddHealthChecks()
            .AddCheck<DatabaseReadiness>("database")
            .AddCheck<MigrationReadiness>("migrations")
            .AddCheck<DiskReadiness>("disk");
        services.AddHostedService<TransportWarnings>();
        services.AddOptions<HealthCheckServiceOptions>().Configure<IOptions<ReadinessOptions>>((checks, readiness) =>
        {
            foreach (var check in checks.Registrations)
                check.Timeout = readiness.Value.Timeout;
        });
        return services;
    }
}
