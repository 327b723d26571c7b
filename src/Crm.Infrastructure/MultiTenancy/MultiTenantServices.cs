using Crm.Application.MultiTenancy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.MultiTenancy;

/// <summary>Registers multi-tenancy.</summary>
public static class MultiTenantServices
{
    /// <summary>Registers what tells the tenant of a request; strategies and stores are added to the result.</summary>
    public static MultiTenantBuilder AddMultiTenant(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSection<MultiTenancyOptions>();
        services.AddSingleton<MultiTenantContextAccessor>();
        services.AddSingleton<IMultiTenantContextAccessor>(s => s.GetRequiredService<MultiTenantContextAccessor>());
        services.AddSingleton<IMultiTenantContextSetter>(s => s.GetRequiredService<MultiTenantContextAccessor>());
        services.AddSingleton<ITenantScope, TenantScope>();
        services.AddSingleton<ITenantResolver>(s => new TenantResolver(
            s.GetServices<IMultiTenantStrategy>(),
            s.GetServices<IMultiTenantStore>().Select(store => new CachedTenantStore(
                store, s.GetRequiredService<IOptions<MultiTenancyOptions>>().Value, s.GetRequiredService<TimeProvider>()))));
        return new MultiTenantBuilder(services);
    }

    /// <summary>Adds the store that keeps tenants in the CRM's own database.</summary>
    public static MultiTenantBuilder WithDatabaseStore(this MultiTenantBuilder tenancy) => tenancy.WithStore<DatabaseTenantStore>();
}
