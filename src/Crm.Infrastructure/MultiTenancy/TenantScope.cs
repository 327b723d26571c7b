using Crm.Application.MultiTenancy;

namespace Crm.Infrastructure.MultiTenancy;

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
