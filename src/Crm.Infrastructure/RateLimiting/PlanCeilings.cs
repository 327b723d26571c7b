using Crm.Application.Caching;
using Crm.Application.MultiTenancy;
using Crm.Application.RateLimiting;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.RateLimiting;

/// <summary>
/// The ceiling of a tenant's plan, or its own, or else the configured one. It is read off the tenant before the request is counted, so that
/// one that was raised counts
/// for a tenant that has used it up, too.
/// </summary>
[Singleton]
internal sealed class PlanCeilings(RateLimitRules rules, ITenantResolver tenants, IOptions<RateLimitOptions> options) : ITenantCeilings
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly BoundedMap<int, LimitRule> _own = new(options.Value.LocalCapacity);

    public async ValueTask<LimitRule?> OfAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        if (rules.Of(LimitKind.Tenant) is not { } usual)
            return null;
        var tenant = await tenants.FindAsync(tenantId, cancellationToken);
        return tenant?.Limits.RequestsPerMinute is { } most ? _own.GetOrAdd(most, static own => new LimitRule(LimitKind.Tenant, own, Window)) : usual;
    }
}
