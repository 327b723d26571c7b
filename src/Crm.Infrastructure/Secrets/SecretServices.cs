using Crm.Application.Secrets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Crm.Infrastructure.Secrets;

/// <summary>Registers encryption at rest and provider keys.</summary>
public static class SecretServices
{
    /// <summary>Registers encryption at rest and provider keys. A key ring registered before takes the place of the folder.</summary>
    public static IServiceCollection AddSecrets(this IServiceCollection services)
    {
        services.AddOptions<EncryptionOptions>().BindConfiguration(EncryptionOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ProviderKeyOptions>().BindConfiguration(ProviderKeyOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<IKeyRing, LocalKeyRing>();
        services.AddSingleton<KeyEncryptionKeys>();
        services.AddSingleton<EncryptedColumns>();
        services.AddSingleton<IEncryptionStart, EncryptionStart>();
        services.AddScoped<DataKeys>();
        services.AddScoped<ValueEncryption>();
        services.AddScoped<ValueSweep>();
        services.AddScoped<IProviderKeys, ProviderKeys>();
        services.AddScoped<ISecretUpkeep, SecretUpkeep>();
        return services;
    }
}
