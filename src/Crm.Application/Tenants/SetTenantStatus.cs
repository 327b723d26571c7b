using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Messaging.Pipeline;
using Crm.Application.MultiTenancy;
using Crm.Domain.Common;
using Crm.Domain.Tenants;
using MediatR;

namespace Crm.Application.Tenants;

/// <summary>
/// Closes a tenant for the time being: nobody signs in, and within a second every token is refused. Does nothing to a suspended tenant.
/// </summary>
/// <param name="Id">The tenant.</param>
[HostScope]
public sealed record SuspendTenant(Guid Id) : ICommand<TenantDto>;

/// <summary>Puts a suspended tenant in use again. Does nothing to one that is in use.</summary>
/// <param name="Id">The tenant.</param>
[HostScope]
public sealed record ActivateTenant(Guid Id) : ICommand<TenantDto>;

internal sealed class SetTenantStatusHandler(IMultiTenantStore tenants, ICaller caller, RequestOrigin origin)
    : IRequestHandler<SuspendTenant, TenantDto>, IRequestHandler<ActivateTenant, TenantDto>
{
    public Task<TenantDto> Handle(SuspendTenant request, CancellationToken cancellationToken) =>
        SetAsync(request.Id, TenantStatuses.Suspended, SecurityActions.TenantSuspended, cancellationToken);

    public Task<TenantDto> Handle(ActivateTenant request, CancellationToken cancellationToken) =>
        SetAsync(request.Id, TenantStatuses.Active, SecurityActions.TenantActivated, cancellationToken);

    private async Task<TenantDto> SetAsync(Guid id, string status, string action, CancellationToken cancellationToken)
    {
        var tenant = await tenants.GetAsync(id, cancellationToken) ?? throw TenantErrors.NotFound();
        tenant.DemandInUse();
        if (tenant.Status == status)
            return TenantDto.Of(tenant);

        var changed = tenant with { Status = status };
        return await tenants.UpdateAsync(changed, TenantEvent.Of(action, changed, caller, origin), cancellationToken)
            ? TenantDto.Of(changed with { Version = tenant.Version + 1 })
            : throw new StaleVersionException(current: null);
    }
}
