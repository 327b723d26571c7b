using Crm.Application.Authorization;
using Crm.Application.MultiTenancy;
using Crm.Domain.Common;
using Crm.Domain.Tenants;
using MediatR;

namespace Crm.Application.Messaging.Pipeline;

/// <summary>
/// Demands a tenant in use for every request that does not say, by [Public], [HostScope] or [SignedIn(AtHost = true)], that it needs none.
/// </summary>
internal sealed class TenantBehavior<TRequest, TResponse>(IMultiTenantContextAccessor tenants) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>
{
    private static readonly bool NeedsTenant = AccessRules.DeclarationOf(typeof(TRequest)) is not (PublicAttribute or HostScopeAttribute or SignedInAttribute { AtHost: true });

    public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        if (NeedsTenant)
        {
            if (tenants.MultiTenantContext.TenantInfo is not { } tenant)
                throw new UnauthenticatedException("tenant_missing", "Sign in to a tenant first.");
            if (tenant.Status != TenantStatuses.Active)
                throw TenantErrors.Suspended();
        }

        return next();
    }
}
