using Crm.Application.RateLimiting;
using Crm.Infrastructure.Redis;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Infrastructure.RateLimiting;

/// <summary>Registers rate limits.</summary>
public static class RateLimitServices
{
    /// <summary>Registers rate limits, shared over Redis where it is registered.</summary>
    public static IServiceCollection AddRateLimits(this IServiceCollection services)
    {
        services.AddOptions<RateLimitOptions>().BindConfiguration(RateLimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<RateLimitRules>();
        services.AddSingleton<ITenantCeilings, PlanCeilings>();
        services.AddSingleton<LocalRateLimiter>();
        services.AddSingleton<IRateLimiter>(provider => new RateLimiter(provider.GetRequiredService<LocalRateLimiter>(), provider.GetService<IRedis>()));
        return services;
    }
}
