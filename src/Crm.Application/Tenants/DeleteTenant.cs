using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Messaging.Pipeline;
using Crm.Application.MultiTenancy;
using Crm.Domain.Common;
using Crm.Domain.Tenants;
using MediatR;
using Microsoft.Extensions.Options;

namespace Crm.Application.Tenants;

/// <summary>
/// Closes a tenant as a suspension does, and has all its data removed when the time of grace is over (30 days by default). Until then it
/// can be
/// restored. Does nothing to one that is being deleted already.
/// </summary>
/// <param name="Id">The tenant.</param>
/// <param name="ExpectedVersion">The version it is to have; <c>null</c> for any.</param>
[HostScope]
public sealed record DeleteTenant(Guid Id, int? ExpectedVersion = null) : ICommand<TenantDto>;

/// <summary>
/// Keeps a tenant that was to be removed, in the status that it had before. Does nothing to one that is not being deleted.
/// </summary>
/// <param name="Id">The tenant.</param>
[HostScope]
public sealed record RestoreTenant(Guid Id) : ICommand<TenantDto>;

internal sealed class DeleteTenantHandler(IMultiTenantStore tenants, ICaller caller, RequestOrigin origin, IOptions<TenantOptions> options, TimeProvider time)
    : IRequestHandler<DeleteTenant, TenantDto>, IRequestHandler<RestoreTenant, TenantDto>
{
    public async Task<TenantDto> Handle(DeleteTenant request, CancellationToken cancellationToken)
    {
        var tenant = await FindAsync(request.Id, cancellationToken);
        if (request.ExpectedVersion is { } expected && expected != tenant.Version)
            throw new StaleVersionException(TenantDto.Of(tenant));
        return tenant.DeleteAfter is not null
            ? TenantDto.Of(tenant)
            : await UpdateAsync(
                tenant with { Status = TenantStatuses.Deleting, StatusBefore = tenant.Status, DeleteAfter = EndOfGrace() },
                SecurityActions.TenantDeleted, cancellationToken);
    }

    public async Task<TenantDto> Handle(RestoreTenant request, CancellationToken cancellationToken)
    {
        var tenant = await FindAsync(request.Id, cancellationToken);
        if (tenant.Status == TenantStatuses.Purging)
            throw TenantErrors.BeyondRestoring();
        return tenant.DeleteAfter is null
            ? TenantDto.Of(tenant)
            : await UpdateAsync(tenant with { Status = tenant.StatusBefore!, StatusBefore = null, DeleteAfter = null }, SecurityActions.TenantRestored, cancellationToken);
    }

    // As precise as the database keeps it, so that this answer tells what every later one does.
    private DateTimeOffset EndOfGrace()
    {
        var end = time.GetUtcNow() + options.Value.DeletionGrace;
        return end.AddTicks(-(end.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    private async Task<CrmTenantInfo> FindAsync(Guid id, CancellationToken cancellationToken) =>
        await tenants.GetAsync(id, cancellationToken) ?? throw TenantErrors.NotFound();

    private async Task<TenantDto> UpdateAsync(CrmTenantInfo changed, string action, CancellationToken cancellationToken) =>
        await tenants.UpdateAsync(changed, TenantEvent.Of(action, changed, caller, origin), cancellationToken)
            ? TenantDto.Of(changed with { Version = changed.Version + 1 })
            : throw new StaleVersionException(current: null);
}
