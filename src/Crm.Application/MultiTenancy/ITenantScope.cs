namespace Crm.Application.MultiTenancy;

/// <summary>Does something in a tenant's name outside of a request: jobs, the command line, the sign-in.</summary>
public interface ITenantScope
{
    /// <summary>Makes a tenant the present one until the result is disposed; then the one before is restored.</summary>
    IDisposable Use(CrmTenantInfo tenant);
}
