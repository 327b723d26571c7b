using Microsoft.Extensions.DependencyInjection;

namespace Crm.Application.MultiTenancy;

/// <summary>Adds strategies, ordered by their priority, and stores, ordered by the calls; each layer extends it by its own.</summary>
public sealed class MultiTenantBuilder(IServiceCollection services)
{
    /// <summary>Adds a way to find out the tenant of a request.</summary>
    public MultiTenantBuilder WithStrategy(Func<IServiceProvider, IMultiTenantStrategy> strategy)
    {
        services.AddSingleton(strategy);
        return this;
    }

    /// <summary>
    /// Adds a place where tenants are stored. Requests see it through a short-lived cache; whatever injects <see cref="IMultiTenantStore"/>
    /// sees it as it is.
    /// </summary>
    public MultiTenantBuilder WithStore<TStore>()
        where TStore : class, IMultiTenantStore
    {
        services.AddSingleton<IMultiTenantStore, TStore>();
        return this;
    }
}
