using Crm.Application.MultiTenancy;

namespace Crm.Infrastructure.MultiTenancy;

/// <summary>Is told of the tenants of requests as they are read, so that what hangs on a tenant's plan is known without another look.</summary>
internal interface ITenantListener
{
    /// <summary>A tenant was read: with its first request on this node, and anew at most once in the time that tenants are kept in memory.</summary>
    /// <param name="tenant">The tenant as it is.</param>
    void Loaded(CrmTenantInfo tenant);
}
