namespace Crm.Application.MultiTenancy;

/// <summary>The tenant in whose name something happens, and how it was found.</summary>
/// <param name="TenantInfo">The tenant; <c>null</c> when there is none.</param>
/// <param name="Strategy">The name of the strategy that told the tenant; <c>null</c> when it was set by code.</param>
public sealed record MultiTenantContext(CrmTenantInfo? TenantInfo, string? Strategy = null) : IMultiTenantContext
{
    /// <summary>The context of work that has no tenant.</summary>
    public static MultiTenantContext None { get; } = new(null, null);
}
