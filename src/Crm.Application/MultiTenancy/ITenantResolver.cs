namespace Crm.Application.MultiTenancy;

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

    /// <summary>Finds a tenant that is known by its id, as requests see it: a moment old at most.</summary>
    /// <param name="id">The tenant's id.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The tenant, whatever its status; <c>null</c> when there is none.</returns>
    ValueTask<CrmTenantInfo?> FindAsync(Guid id, CancellationToken cancellationToken);
}
