namespace Crm.Domain.Common;

/// <summary>Something with an identity that lives in one tenant. Its key in the database is (<c>tenant_id</c>, <c>id</c>).</summary>
public abstract class Entity
{
    /// <summary>The identity, a UUIDv7 made by the application or supplied by the client.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The tenant it belongs to; stamped by the persistence layer, never by a caller.</summary>
    public Guid TenantId { get; private set; }

    /// <summary>Puts a new entity into a tenant; called by the persistence layer alone.</summary>
    /// <exception cref="InvalidOperationException">It belongs to another tenant already, or there is no tenant.</exception>
    public void BelongTo(Guid tenantId)
    {
        if (tenantId == Guid.Empty || (TenantId != Guid.Empty && TenantId != tenantId))
            throw new InvalidOperationException($"A {GetType().Name} cannot be put into {(tenantId == Guid.Empty ? "no" : "another")} tenant.");
        TenantId = tenantId;
    }
}
