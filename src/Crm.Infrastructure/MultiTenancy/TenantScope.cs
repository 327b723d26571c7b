using Crm.Application.MultiTenancy;

namespace Crm.Infrastructure.MultiTenancy;

/// <summary>The present tenant of each flow of control; what a flow sets is seen by what it calls, never by its caller or by other flows.</summary>
internal sealed class MultiTenantContextAccessor : IMultiTenantContextAccessor, IMultiTenantContextSetter
{
    private readonly AsyncLocal<IMultiTenantContext?> _current = new();

    public IMultiTenantContext MultiTenantContext
    {
        get => _current.Value ?? Application.MultiTenancy.MultiTenantContext.None;
        set => _current.Value = value;
    }
}

/// <summary>Switches the present tenant, and back.</summary>
internal sealed class TenantScope(IMultiTenantContextAccessor accessor, IMultiTenantContextSetter setter) : ITenantScope
{
    public IDisposable Use(CrmTenantInfo tenant)
    {
        var parent = accessor.MultiTenantContext;
        setter.MultiTenantContext = new MultiTenantContext(tenant);
        return new Restore(setter, parent);
    }

    private sealed class Restore(IMultiTenantContextSetter setter, IMultiTenantContext parent) : IDisposable
    {
        private bool _disposed;

        public void Dispose()
        {
            if (_disposed)
                return;
            _disposed = true;
            setter.MultiTenantContext = parent;
        }
    }
}
