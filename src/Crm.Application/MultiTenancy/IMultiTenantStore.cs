using Crm.Application.Audit;

namespace Crm.Application.MultiTenancy;

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

    /// <summary>
    /// Changes a tenant, whose version then grows by one, and tells of it in the log that the entry names: both or neither, even if the client hangs up meanwhile.
    /// </summary>
    /// <param name="tenant">The tenant as it is to be, with the version that it was read with.</param>
    /// <param name="entry">What the log is to tell.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>Whether there was such a tenant with that version.</returns>
    /// <exception cref="Domain.Common.ConflictException">Another tenant has the identifier.</exception>
    Task<bool> UpdateAsync(CrmTenantInfo tenant, TenantEvent entry, CancellationToken cancellationToken);
}
