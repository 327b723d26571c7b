using Crm.Application.MultiTenancy;
using Crm.Domain.Tenants;

namespace Crm.Application.Tenants;

/// <summary>A tenant as the host's operator sees it.</summary>
/// <param name="Id">The tenant's id.</param>
/// <param name="Identifier">The short name.</param>
/// <param name="Name">The name people see.</param>
/// <param name="Status">One of <see cref="TenantStatuses"/>; clients must expect further ones.</param>
/// <param name="Currency">The currency of amounts given without one, ISO 4217.</param>
/// <param name="Plan">The name of the plan.</param>
/// <param name="Limits">Limits of this tenant alone, which count instead of its plan's.</param>
/// <param name="Version">Grows by one with every change; the ETag.</param>
/// <param name="DeleteAfter">When a tenant that is being deleted can no longer be restored; null for any other.</param>
public sealed record TenantDto(
    Guid Id, string Identifier, string Name, string Status, string Currency, string Plan, TenantLimits Limits, int Version, DateTimeOffset? DeleteAfter)
{
    /// <summary>Tells of a tenant what the operator may see.</summary>
    public static TenantDto Of(CrmTenantInfo tenant) => new(
        tenant.TenantId, tenant.Identifier, tenant.Name, tenant.Status, tenant.Currency, tenant.Plan, tenant.OwnLimits, tenant.Version, tenant.DeleteAfter);
}
