using Crm.Application.Caching;
using Crm.Application.MultiTenancy;
using Crm.Application.RateLimiting;
using Crm.Infrastructure.MultiTenancy;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.RateLimiting;

/// <summary>
/// The ceiling of a tenant's plan, or else the configured one. Requests are counted before their tenant is read, so a node learns the ceiling from the request
/// that reads the tenant; what was counted before counts on.
/// </summary>
/// <param name="rules">The rules; where the limit of tenants is switched off there, plans have none either.</param>
/// <param name="options">How much may be kept.</param>
internal sealed class PlanCeilings(RateLimitRules rules, IOptions<RateLimitOptions> options) : ITenantCeilings, ITenantListener
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly BoundedMap<Guid, LimitRule> _known = new(options.Value.LocalCapacity);

    public LimitRule? Of(Guid tenantId) => _known.TryGet(tenantId, out var own) ? own : rules.Of(LimitKind.Tenant);

    public void Loaded(CrmTenantInfo tenant)
    {
        if (rules.Of(LimitKind.Tenant) is { } usual)
            _known.Set(tenant.TenantId, tenant.Limits.RequestsPerMinute is { } most ? new LimitRule(LimitKind.Tenant, most, Window) : usual);
    }
}
