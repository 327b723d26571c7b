namespace Crm.Application.MultiTenancy;

/// <summary>One way to tell which tenant a request is for.</summary>
public interface IMultiTenantStrategy
{
    /// <summary>The name it is known by in <see cref="IMultiTenantContext.Strategy"/>.</summary>
    string Name { get; }

    /// <summary>Lower goes first; the first identifier found decides.</summary>
    int Priority { get; }

    /// <summary>Finds the tenant's identifier or id.</summary>
    /// <param name="context">The request, as the host knows it.</param>
    /// <returns>The identifier or id, or <c>null</c> when the request does not say.</returns>
    Task<string?> GetIdentifierAsync(object context);
}

/// <summary>A place where tenants are kept.</summary>
public interface IMultiTenantStore
{
    /// <summary>Finds a tenant by its identifier.</summary>
    /// <param name="identifier">The short name, in any case.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The tenant, or <c>null</c>.</returns>
    Task<CrmTenantInfo?> GetByIdentifierAsync(string identifier, CancellationToken cancellationToken);

    /// <summary>Finds a tenant by its id.</summary>
    /// <param name="id">The tenant's id.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The tenant, or <c>null</c>.</returns>
    Task<CrmTenantInfo?> GetAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Lists tenants in the order of their identifiers.</summary>
    /// <param name="take">How many at most, 1–1000.</param>
    /// <param name="after">The identifier behind which to begin, so that tenants created meanwhile shift nothing; <c>null</c> to begin at the first.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The tenants.</returns>
    Task<IReadOnlyList<CrmTenantInfo>> GetAllAsync(int take, string? after, CancellationToken cancellationToken);

    /// <summary>Adds a tenant.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>Whether it was added; <c>false</c> when the identifier is taken.</returns>
    Task<bool> AddAsync(CrmTenantInfo tenant, CancellationToken cancellationToken);

    /// <summary>Changes a tenant's name, status or currency.</summary>
    /// <param name="tenant">The tenant as it is to be.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>Whether there was such a tenant.</returns>
    Task<bool> UpdateAsync(CrmTenantInfo tenant, CancellationToken cancellationToken);
}

/// <summary>Asks the strategies in turn, then the stores, and says which tenant a request is for.</summary>
public interface ITenantResolver
{
    /// <summary>
    /// Finds the tenant a request names, without asking whether there is such a tenant: for the sign-in, which answers an unknown tenant
    /// exactly as one the user is no member of, and for the guard, which demands that nothing in a request names another tenant.
    /// </summary>
    /// <param name="context">The request, as the host knows it.</param>
    /// <returns>What each strategy that has an answer says, in the order of priority; identifiers or ids.</returns>
    Task<IReadOnlyList<string>> GetIdentifiersAsync(object context);

    /// <summary>Resolves the tenant of a request.</summary>
    /// <param name="context">The request, as the host knows it.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The context; without a tenant when no strategy names one that exists.</returns>
    Task<IMultiTenantContext> ResolveAsync(object context, CancellationToken cancellationToken);
}
