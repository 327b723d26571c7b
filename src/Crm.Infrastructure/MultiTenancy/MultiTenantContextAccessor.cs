using Crm.Application.MultiTenancy;

namespace Crm.Infrastructure.MultiTenancy;

/// <summary>
/// The present tenant of each flow of control; what a flow sets is seen by what it calls, never by its caller or by other flows.
/// </summary>
internal sealed class MultiTenantContextAccessor : IMultiTenantContextAccessor, IMultiTenantContextSetter
{
    private readonly AsyncLocal<IMultiTenantContext?> _current = new();

    public IMultiTenantContext MultiTenantContext
    {
        get => _current.Value ?? Application.MultiTenancy.MultiTenantContext.None;
        set => _current.Value = value;
    }
}
