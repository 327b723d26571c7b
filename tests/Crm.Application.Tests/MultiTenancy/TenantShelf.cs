using System.Collections.Concurrent;
using Crm.Application.Audit;
using Crm.Application.MultiTenancy;

namespace Crm.Application.Tests.MultiTenancy;

/// <summary>Tenants in memory, with a door that can be closed.</summary>
public sealed class TenantShelf
{
    private readonly ConcurrentDictionary<Guid, CrmTenantInfo> _tenants;
    private TaskCompletionSource _door = new();
    private int _asked;

    public TenantShelf(params CrmTenantInfo[] tenants)
    {
        _tenants = new(tenants.Select(t => KeyValuePair.Create(t.TenantId, t)));
        _door.SetResult();
    }

    /// <summary>How many times a tenant was asked for by id.</summary>
    public int Asked => _asked;

    public bool Broken { get; set; }

    public ICollection<CrmTenantInfo> All => _tenants.Values;

    public void Put(CrmTenantInfo tenant) => _tenants[tenant.TenantId] = tenant;

    public void Close() => _door = new();

    public void Open() => _door.SetResult();

    public async Task<CrmTenantInfo?> GetAsync(Guid id)
    {
        Interlocked.Increment(ref _asked);
        await _door.Task;
        return Broken ? throw new IOException("The shelf is out of reach.") : _tenants.GetValueOrDefault(id);
    }
}

internal sealed class ShelfStore(TenantShelf shelf) : IMultiTenantStore
{
    public Task<CrmTenantInfo?> GetAsync(Guid id, CancellationToken cancellationToken) => shelf.GetAsync(id);

    public Task<CrmTenantInfo?> GetByIdentifierAsync(string identifier, CancellationToken cancellationToken) =>
        Task.FromResult(shelf.All.SingleOrDefault(t => t.Identifier == identifier));

    public Task<IReadOnlyList<CrmTenantInfo>> GetAllAsync(int take, string? after, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<CrmTenantInfo>>([.. shelf.All.Take(take)]);

    public Task<bool> AddAsync(CrmTenantInfo tenant, CancellationToken cancellationToken)
    {
        shelf.Put(tenant);
        return Task.FromResult(true);
    }

    public Task<bool> UpdateAsync(CrmTenantInfo tenant, TenantEvent entry, CancellationToken cancellationToken) => AddAsync(tenant, cancellationToken);
}
