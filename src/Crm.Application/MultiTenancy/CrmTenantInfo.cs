namespace Crm.Application.MultiTenancy;

/// <summary>A tenant of this CRM.</summary>
/// <param name="TenantId">The tenant's identity.</param>
/// <param name="Identifier">The short name that host names and headers carry.</param>
/// <param name="Name">The name people see.</param>
/// <param name="Status">One of <see cref="Domain.Tenants.TenantStatuses"/>.</param>
/// <param name="Currency">The currency of amounts given without one, ISO 4217.</param>
public sealed record CrmTenantInfo(Guid TenantId, string Identifier, string Name, string Status, string Currency) : ITenantInfo
{
    /// <inheritdoc />
    public string Id { get; } = TenantId.ToString("D");

    /// <summary>Whether a text names this tenant, be it by identifier (in any case) or by id.</summary>
    /// <param name="identifierOrId">Any text.</param>
    /// <returns><c>true</c> when it is this tenant that is named.</returns>
    public bool IsNamedBy(string identifierOrId) =>
        string.Equals(Identifier, identifierOrId, StringComparison.OrdinalIgnoreCase)
        || string.Equals(Id, identifierOrId, StringComparison.OrdinalIgnoreCase);
}
