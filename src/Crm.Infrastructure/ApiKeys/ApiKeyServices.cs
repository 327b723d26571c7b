using Crm.Application.ApiKeys;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Infrastructure.ApiKeys;

/// <summary>Registers API keys.</summary>
public static class ApiKeyServices
{
    /// <summary>Registers API keys and the worker that writes what they are used for.</summary>
    public static IServiceCollection AddApiKeys(this IServiceCollection services)
    {
        services.AddOptions<ApiKeyOptions>().BindConfiguration(ApiKeyOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<PepperFolder>();
        services.AddSingleton<IPepperRotation>(s => s.GetRequiredService<PepperFolder>());
        services.AddSingleton<PepperRing>();
        services.AddSingleton<IApiKeyMint>(s => s.GetRequiredService<PepperRing>());
        services.AddSingleton<IApiKeyAccess, ApiKeyAccessReader>();
        services.AddSingleton<ApiKeyUsage>();
        services.AddSingleton<IApiKeyUsage>(s => s.GetRequiredService<ApiKeyUsage>());
        services.AddHostedService<ApiKeyUsageWriter>();
        services.AddScoped<IApiKeyUsageReader, ApiKeyUsageReader>();
        return services;
    }
}
