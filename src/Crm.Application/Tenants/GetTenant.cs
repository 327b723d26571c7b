using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.MultiTenancy;
using Crm.Domain.Tenants;
using MediatR;

namespace Crm.Application.Tenants;

/// <summary>Tells of one tenant what the operator may see.</summary>
/// <param name="Id">The tenant.</param>
[HostScope]
public sealed record GetTenant(Guid Id) : IQuery<TenantDto>;

internal sealed class GetTenantHandler(IMultiTenantStore tenants) : IRequestHandler<GetTenant, TenantDto>
{
    public async Task<TenantDto> Handle(GetTenant request, CancellationToken cancellationToken) =>
        TenantDto.Of(await tenants.GetAsync(request.Id, cancellationToken) ?? throw TenantErrors.NotFound());
}
