namespace Crm.Application.MultiTenancy;

/// <summary>The tenant in whose name something happens, and how it was found.</summary>
public interface IMultiTenantContext
{
    /// <summary>The tenant; <c>null</c> when there is none.</summary>
    CrmTenantInfo? TenantInfo { get; }

    /// <summary>Whether there is a tenant.</summary>
    bool IsResolved => TenantInfo is not null;

    /// <summary>The name of the strategy that told the tenant, such as <c>claim</c>; <c>null</c> when it was set by code.</summary>
    string? Strategy { get; }
}
