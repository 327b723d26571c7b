namespace Crm.Domain.Common;

/// <summary>Something with an identity that lives in one tenant. Its key in the database is (<c>tenant_id</c>, <c>id</c>).</summary>
public abstract class Entity
{
    /// <summary>The identity, a UUIDv7 made by the application or supplied by the client.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The tenant it belongs to; stamped by the persistence layer, never by a caller.</summary>
    public Guid TenantId { get; private set; }
}
