using Crm.Infrastructure.Persistence;
using Crm.Infrastructure.Redis;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Crm.Infrastructure;

/// <summary>Registers everything that talks to something. A class says itself how it is registered; there is no list.</summary>
public static class InfrastructureServices
{
    /// <summary>Registers everything: what is found by convention, the database, and Redis if it is configured.</summary>
    public static IServiceCollection AddInfrastructure(this IServiceCollection services, IConfiguration configuration, string connectionString)
    {
        services.AddSingleton(_ => DataSources.ForApplication(connectionString));
        services.AddPooledDbContextFactory<CrmDbContext>((provider, options) => options
            .UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>())
            .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning)));
        if (RedisOptions.Read(configuration) is not null)
            AddRedis(services);
        return services.AddFeatures();
    }

    /// <summary>
    /// Registers what is found by convention: options with a <c>[Section]</c>; classes marked <c>[Singleton]</c>, <c>[Scoped]</c> or
    /// <c>[Transient]</c>; hosted services; and what a module registers, such as health checks.
    /// </summary>
    /// <param name="features">Folders to register alone, such as <c>Identity</c>; all when there is none.</param>
    public static IServiceCollection AddFeatures(this IServiceCollection services, params string[] features)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.Scan(typeof(InfrastructureServices).Assembly, [.. features.Select(feature => $"{typeof(InfrastructureServices).Namespace}.{feature}")])
            .AddSections()
            .AddServices()
            .AddEach(typeof(IHostedService), ServiceLifetime.Singleton)
            .AddModules();
        return services;
    }

    // Without Redis every node keeps to itself what nodes could share.
    private static void AddRedis(IServiceCollection services)
    {
        services.AddOptions<RedisOptions>().Configure<IConfiguration>((options, configuration) => options.Bind(configuration))
            .ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<RedisConnection>();
        services.AddSingleton<IRedis>(provider => provider.GetRequiredService<RedisConnection>());
        services.AddHealthChecks().AddCheck<RedisReadiness>("redis", HealthStatus.Degraded);
    }
}
