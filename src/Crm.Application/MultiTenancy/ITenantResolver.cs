namespace Crm.Application.MultiTenancy;

/// <summary>Asks the strategies in turn, then the stores, and says which tenant a request is for.</summary>
public interface ITenantResolver
{
    /// <summary>
    /// Finds the tenant a request names, without asking whether there is such a tenant: for the sign-in, which answers an unknown tenant
    /// exactly as one the user is no member of, and for the guard, which demands that nothing in a request names another tenant.
    /// </summary>
    Task<IReadOnlyList<string>> GetIdentifiersAsync(object context);

    /// <summary>Resolves the tenant of a request.</summary>
    Task<IMultiTenantContext> ResolveAsync(object context, CancellationToken cancellationToken);

    /// <summary>Finds a tenant that is known by its id, as requests see it: a moment old at most.</summary>
    ValueTask<CrmTenantInfo?> FindAsync(Guid id, CancellationToken cancellationToken);
}
