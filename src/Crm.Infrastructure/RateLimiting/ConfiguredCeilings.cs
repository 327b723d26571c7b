using Crm.Application.RateLimiting;

namespace Crm.Infrastructure.RateLimiting;

/// <summary>The ceiling that is configured, the same for every tenant.</summary>
/// <param name="rules">The rules.</param>
internal sealed class ConfiguredCeilings(RateLimitRules rules) : ITenantCeilings
{
    public LimitRule? Of(Guid tenantId) => rules.Of(LimitKind.Tenant);
}
