namespace Crm.Domain.Common;

/// <summary>
/// Marks an entity that stands above tenants. Everything else belongs to exactly one tenant, and the persistence layer
/// isolates it without being asked: this interface is the only way to opt out.
/// </summary>
public interface IHostEntity;
