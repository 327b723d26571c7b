namespace Crm.Application.MultiTenancy;

/// <summary>Tells the present tenant.</summary>
public interface IMultiTenantContextAccessor
{
    /// <summary>The present context; never <c>null</c>, but perhaps without a tenant.</summary>
    IMultiTenantContext MultiTenantContext { get; }
}
