using Crm.Domain.Tenants;

namespace Crm.Application.MultiTenancy;

/// <summary>A tenant of this CRM.</summary>
/// <param name="TenantId">The tenant's identity.</param>
/// <param name="Identifier">The short name that host names and headers carry.</param>
/// <param name="Name">The name people see.</param>
/// <param name="Status">One of <see cref="TenantStatuses"/>.</param>
/// <param name="Currency">The currency of amounts given without one, ISO 4217.</param>
public sealed record CrmTenantInfo(Guid TenantId, string Identifier, string Name, string Status, string Currency) : ITenantInfo
{
    /// <inheritdoc />
    public string Id { get; } = TenantId.ToString("D");

    /// <summary>Grows by one with every change.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The name of the plan.</summary>
    public string Plan { get; init; } = Plans.Standard;

    /// <summary>Limits of this tenant alone, which count instead of its plan's.</summary>
    public TenantLimits OwnLimits { get; init; } = TenantLimits.None;

    /// <summary>The limits that hold: the plan's, with the tenant's own in their place.</summary>
    public TenantLimits Limits { get; init; } = TenantLimits.None;

    /// <summary>What the tenant's admins decided.</summary>
    public TenantSettings Settings { get; init; } = new();

    /// <summary>When a tenant that is being deleted can no longer be restored, UTC; <c>null</c> for any other.</summary>
    public DateTimeOffset? DeleteAfter { get; init; }

    /// <summary>The status that a tenant being deleted had before, and gets back when it is restored; <c>null</c> for any other.</summary>
    public string? StatusBefore { get; init; }

    /// <summary>Whether a text names this tenant, be it by identifier (in any case) or by id.</summary>
    public bool IsNamedBy(string identifierOrId) =>
        string.Equals(Identifier, identifierOrId, StringComparison.OrdinalIgnoreCase)
        || string.Equals(Id, identifierOrId, StringComparison.OrdinalIgnoreCase);
}
