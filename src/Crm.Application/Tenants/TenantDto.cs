using Crm.Application.MultiTenancy;

namespace Crm.Application.Tenants;

/// <summary>A tenant as the host's operator sees it.</summary>
/// <param name="Id">The tenant's id.</param>
/// <param name="Identifier">The short name.</param>
/// <param name="Name">The name people see.</param>
/// <param name="Status">One of <see cref="Domain.Tenants.TenantStatuses"/>; clients must expect further ones.</param>
/// <param name="Currency">The currency of amounts given without one, ISO 4217.</param>
public sealed record TenantDto(Guid Id, string Identifier, string Name, string Status, string Currency)
{
    /// <summary>Tells of a tenant what the operator may see.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <returns>The answer.</returns>
    public static TenantDto Of(CrmTenantInfo tenant) => new(tenant.TenantId, tenant.Identifier, tenant.Name, tenant.Status, tenant.Currency);
}
