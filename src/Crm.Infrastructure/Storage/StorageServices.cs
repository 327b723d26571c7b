using Crm.Application.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Infrastructure.Storage;

/// <summary>Registers the place of files.</summary>
public static class StorageServices
{
    /// <summary>Registers the place of files.</summary>
    public static IServiceCollection AddStorage(this IServiceCollection services)
    {
        services.AddOptions<StorageOptions>().BindConfiguration(StorageOptions.Section).PostConfigure<IConfiguration>((options, configuration) =>
            options.Folder ??= Path.Combine(CrmHome.Of(configuration), "files"));
        services.AddSingleton<ITenantFiles, TenantFiles>();
        return services;
    }
}
