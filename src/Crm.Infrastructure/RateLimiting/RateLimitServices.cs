using Crm.Application.RateLimiting;
using Crm.Infrastructure.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Crm.Infrastructure.RateLimiting;

/// <summary>Registers rate limits.</summary>
public static class RateLimitServices
{
    /// <summary>Registers rate limits, shared over Redis where it is registered. Ceilings of tenants that are registered before take the place of the configured one.</summary>
    /// <param name="services">The services.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddRateLimits(this IServiceCollection services)
    {
        services.AddOptions<RateLimitOptions>().BindConfiguration(RateLimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<RateLimitRules>();
        services.TryAddSingleton<ITenantCeilings, ConfiguredCeilings>();
        services.AddSingleton<LocalRateLimiter>();
        services.AddSingleton<IRateLimiter>(provider => new RateLimiter(provider.GetRequiredService<LocalRateLimiter>(), provider.GetService<IRedis>()));
        return services;
    }
}
