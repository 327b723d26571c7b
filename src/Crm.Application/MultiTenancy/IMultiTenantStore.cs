using Crm.Application.Audit;

namespace Crm.Application.MultiTenancy;

/// <summary>A place where tenants are kept.</summary>
public interface IMultiTenantStore
{
    /// <summary>Finds a tenant by its identifier.</summary>
    Task<CrmTenantInfo?> GetByIdentifierAsync(string identifier, CancellationToken cancellationToken);

    /// <summary>Finds a tenant by its id.</summary>
    Task<CrmTenantInfo?> GetAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Lists tenants in the order of their identifiers.</summary>
    Task<IReadOnlyList<CrmTenantInfo>> GetAllAsync(int take, string? after, CancellationToken cancellationToken);

    /// <summary>Adds a tenant.</summary>
    Task<bool> AddAsync(CrmTenantInfo tenant, CancellationToken cancellationToken);

    /// <summary>
    /// Changes a tenant, whose version then grows by one, and tells of it in the log that the entry names: both or neither, even if the
    /// client hangs up meanwhile.
    /// </summary>
    /// <exception cref="Domain.Common.ConflictException">Another tenant has the identifier.</exception>
    Task<bool> UpdateAsync(CrmTenantInfo tenant, TenantEvent entry, CancellationToken cancellationToken);
}
