using Crm.Application.Audit;
using Crm.Application.MultiTenancy;
using Crm.Infrastructure.Caching;

namespace Crm.Infrastructure.MultiTenancy;

/// <summary>
/// Serves the tenants of requests from memory for a moment, so that a suspension takes effect on every node within that time without anyone
/// telling them. Only the look-up by id is kept, for that is what access tokens carry; whoever administers tenants asks the inner store.
/// </summary>
internal sealed class CachedTenantStore(IMultiTenantStore inner, MultiTenancyOptions options, TimeProvider time) : IMultiTenantStore
{
    private readonly ShortLivedCache<Guid, CrmTenantInfo> _byId = new(options.CacheCapacity, options.CacheFor, time);

    public Task<CrmTenantInfo?> GetAsync(Guid id, CancellationToken cancellationToken) =>
        _byId.GetAsync(id, inner.GetAsync, cancellationToken);

    public Task<CrmTenantInfo?> GetByIdentifierAsync(string identifier, CancellationToken cancellationToken) =>
        inner.GetByIdentifierAsync(identifier, cancellationToken);

    public Task<IReadOnlyList<CrmTenantInfo>> GetAllAsync(int take, string? after, CancellationToken cancellationToken) =>
        inner.GetAllAsync(take, after, cancellationToken);

    public Task<bool> AddAsync(CrmTenantInfo tenant, CancellationToken cancellationToken) => inner.AddAsync(tenant, cancellationToken);

    public Task<bool> UpdateAsync(CrmTenantInfo tenant, TenantEvent entry, CancellationToken cancellationToken) =>
        inner.UpdateAsync(tenant, entry, cancellationToken);
}
