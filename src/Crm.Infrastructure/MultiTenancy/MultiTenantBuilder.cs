using Crm.Application.MultiTenancy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.MultiTenancy;

/// <summary>Adds strategies and stores; the order of strategies is their priority, the order of stores is that of the calls.</summary>
public sealed class MultiTenantBuilder
{
    private readonly IServiceCollection _services;

    internal MultiTenantBuilder(IServiceCollection services) => _services = services;

    /// <summary>Tells the tenant by the claim of the verified access token. Goes first.</summary>
    public MultiTenantBuilder WithClaimStrategy() => With(_ => new ClaimStrategy());

    /// <summary>Lets a header choose the tenant at the sign-in.</summary>
    public MultiTenantBuilder WithHeaderStrategy(string header = "X-Tenant") => With(_ => new HeaderStrategy(header));

    /// <summary>
    /// Lets the host name choose the tenant at the sign-in, where <see cref="MultiTenancyOptions.BaseDomain"/> is configured.
    /// </summary>
    public MultiTenantBuilder WithHostStrategy() => With(services =>
    {
        var options = services.GetRequiredService<IOptions<MultiTenancyOptions>>().Value;
        var reserved = options.ReservedLabels.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new HostStrategy(options.BaseDomain, reserved.ToHashSet(StringComparer.OrdinalIgnoreCase));
    });

    /// <summary>
    /// Adds a place where tenants are kept. Requests see it through a short-lived cache; whoever injects <see cref="IMultiTenantStore"/>
    /// sees it as it is.
    /// </summary>
    /// <typeparam name="TStore">The store.</typeparam>
    public MultiTenantBuilder WithStore<TStore>()
        where TStore : class, IMultiTenantStore
    {
        _services.AddSingleton<IMultiTenantStore, TStore>();
        return this;
    }

    /// <summary>Adds the store that keeps tenants in the CRM's own database.</summary>
    public MultiTenantBuilder WithDatabaseStore() => WithStore<DatabaseTenantStore>();

    private MultiTenantBuilder With(Func<IServiceProvider, IMultiTenantStrategy> strategy)
    {
        _services.AddSingleton(strategy);
        return this;
    }
}
