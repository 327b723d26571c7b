using Crm.Domain.Common;

namespace Crm.Domain.Tenants;

/// <summary>An organisation that uses the system, sealed off from all others.</summary>
public sealed class Tenant : IHostEntity
{
    /// <summary>The identity, a UUIDv7.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The short name used in host names and headers: 3–40 of a–z, 0–9 and hyphen, beginning with a letter.</summary>
    public string Identifier { get; set; } = "";

    /// <summary>The name people see.</summary>
    public string Name { get; set; } = "";

    /// <summary>One of <see cref="TenantStatuses"/>.</summary>
    public string Status { get; set; } = TenantStatuses.Active;

    /// <summary>The currency of amounts given without one, ISO 4217.</summary>
    public string Currency { get; set; } = "USD";

    /// <summary>When the tenant was created, UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }
}
