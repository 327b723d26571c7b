namespace Crm.Application.MultiTenancy;

/// <summary>Sets the present tenant; used by the middleware and by <see cref="ITenantScope"/> alone.</summary>
public interface IMultiTenantContextSetter
{
    /// <summary>Replaces the present context.</summary>
    IMultiTenantContext MultiTenantContext { set; }
}
