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

/// <summary>The tenant in whose name something happens, and how it was found.</summary>
/// <param name="TenantInfo">The tenant; <c>null</c> when there is none.</param>
/// <param name="Strategy">The name of the strategy that told the tenant; <c>null</c> when it was set by code.</param>
public sealed record MultiTenantContext(CrmTenantInfo? TenantInfo, string? Strategy = null) : IMultiTenantContext
{
    /// <summary>The context of work that has no tenant.</summary>
    public static MultiTenantContext None { get; } = new(null, null);
}

/// <summary>Tells the present tenant.</summary>
public interface IMultiTenantContextAccessor
{
    /// <summary>The present context; never <c>null</c>, but perhaps without a tenant.</summary>
    IMultiTenantContext MultiTenantContext { get; }
}

/// <summary>Sets the present tenant; used by the middleware and by <see cref="ITenantScope"/> alone.</summary>
public interface IMultiTenantContextSetter
{
    /// <summary>Replaces the present context.</summary>
    IMultiTenantContext MultiTenantContext { set; }
}

/// <summary>Does something in a tenant's name outside of a request: jobs, the command line, the sign-in.</summary>
public interface ITenantScope
{
    /// <summary>Makes a tenant the present one until the result is disposed; then the one before is restored.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <returns>The scope; dispose it in the reverse order of creation.</returns>
    IDisposable Use(CrmTenantInfo tenant);
}
