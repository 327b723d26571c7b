using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Crm.Infrastructure.Redis;

/// <summary>Registers Redis, which is optional: without it every node keeps to itself what nodes could share.</summary>
public static class RedisServices
{
    /// <summary>Registers Redis when <c>ConnectionStrings:Redis</c> is set, and nothing when it is not.</summary>
    public static IServiceCollection AddRedis(this IServiceCollection services, IConfiguration configuration)
    {
        if (Read(configuration) is null)
            return services;

        services.AddOptions<RedisOptions>().Configure<IConfiguration>(Bind).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<RedisConnection>();
        services.AddSingleton<IRedis>(provider => provider.GetRequiredService<RedisConnection>());
        services.AddHostedService<RedisStart>();
        services.AddHealthChecks().AddCheck<RedisReadiness>("redis", HealthStatus.Degraded);
        return services;
    }

    /// <summary>Reads how Redis is reached.</summary>
    internal static RedisOptions? Read(IConfiguration configuration)
    {
        if (string.IsNullOrWhiteSpace(configuration.GetConnectionString(RedisOptions.ConnectionName)))
            return null;
        var options = new RedisOptions();
        Bind(options, configuration);
        return options;
    }

    private static void Bind(RedisOptions options, IConfiguration configuration)
    {
        configuration.GetSection(RedisOptions.Section).Bind(options);
        options.ConnectionString = configuration.GetConnectionString(RedisOptions.ConnectionName)!;
    }
}
