using Crm.Application.MultiTenancy;

namespace Crm.Application.Secrets;

/// <summary>Does the same for one tenant after the other, in the order of their identifiers.</summary>
[Scoped]
internal sealed class EachTenant(IMultiTenantStore tenants, ITenantScope scope)
{
    private const int PageSize = 200;

    /// <summary>Does something for one tenant, or for all.</summary>
    /// <exception cref="Domain.Common.NotFoundException">There is no such tenant.</exception>
    public async Task<SecretCounts> DoAsync(string? identifier, Func<CancellationToken, Task<SecretCounts>> act, CancellationToken cancellationToken)
    {
        if (identifier is not null)
            return await WithinAsync(await tenants.GetByIdentifierAsync(identifier, cancellationToken) ?? throw Domain.Tenants.TenantErrors.NotFound(), act, cancellationToken);

        var sum = SecretCounts.None;
        IReadOnlyList<CrmTenantInfo> page;
        for (string? after = null; (page = await tenants.GetAllAsync(PageSize, after, cancellationToken)).Count > 0; after = page[^1].Identifier)
        {
            foreach (var tenant in page)
                sum += await WithinAsync(tenant, act, cancellationToken);
        }

        return sum;
    }

    private async Task<SecretCounts> WithinAsync(CrmTenantInfo tenant, Func<CancellationToken, Task<SecretCounts>> act, CancellationToken cancellationToken)
    {
        using var within = scope.Use(tenant);
        return await act(cancellationToken);
    }
}
