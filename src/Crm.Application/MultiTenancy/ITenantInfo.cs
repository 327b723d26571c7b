namespace Crm.Application.MultiTenancy;

/// <summary>What is known of a tenant while a request is served.</summary>
public interface ITenantInfo
{
    /// <summary>The tenant's identity, a UUID.</summary>
    string? Id { get; }

    /// <summary>The short name that host names and headers carry.</summary>
    string? Identifier { get; }

    /// <summary>The name people see.</summary>
    string? Name { get; }
}
