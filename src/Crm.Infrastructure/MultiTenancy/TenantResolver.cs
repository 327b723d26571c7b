using Crm.Application.MultiTenancy;

namespace Crm.Infrastructure.MultiTenancy;

/// <summary>The first strategy whose identifier some store knows decides.</summary>
internal sealed class TenantResolver(IEnumerable<IMultiTenantStrategy> strategies, IEnumerable<IMultiTenantStore> stores) : ITenantResolver
{
    private readonly IMultiTenantStrategy[] _strategies = [.. strategies.OrderBy(s => s.Priority)];
    private readonly IMultiTenantStore[] _stores = [.. stores];

    public async Task<IMultiTenantContext> ResolveAsync(object context, CancellationToken cancellationToken)
    {
        foreach (var strategy in _strategies)
        {
            if (await strategy.GetIdentifierAsync(context) is not { } identifier)
                continue;

            foreach (var store in _stores)
            {
                if (await FindAsync(store, identifier, cancellationToken) is { } tenant)
                    return new MultiTenantContext(tenant, strategy.Name);
            }
        }

        return MultiTenantContext.None;
    }

    public async Task<IReadOnlyList<string>> GetIdentifiersAsync(object context)
    {
        var identifiers = new List<string>(_strategies.Length);
        foreach (var strategy in _strategies)
        {
            if (await strategy.GetIdentifierAsync(context) is { } identifier)
                identifiers.Add(identifier);
        }

        return identifiers;
    }

    public async ValueTask<CrmTenantInfo?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        foreach (var store in _stores)
        {
            if (await store.GetAsync(id, cancellationToken) is { } tenant)
                return tenant;
        }

        return null;
    }

    private static Task<CrmTenantInfo?> FindAsync(IMultiTenantStore store, string identifier, CancellationToken cancellationToken) =>
        Guid.TryParseExact(identifier, "D", out var id)
            ? store.GetAsync(id, cancellationToken)
            : store.GetByIdentifierAsync(identifier, cancellationToken);
}
