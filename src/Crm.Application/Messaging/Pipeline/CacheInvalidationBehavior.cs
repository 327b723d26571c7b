using Crm.Application.Caching;
using Crm.Application.MultiTenancy;
using MediatR;

namespace Crm.Application.Messaging.Pipeline;

/// <summary>Forgets cached answers that a command has made untrue, once its transaction is committed.</summary>
internal sealed class CacheInvalidationBehavior<TRequest, TResponse>(ICache cache, IMultiTenantContextAccessor tenants) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>, IInvalidates
{
    public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        var response = await next();

        // The effect is committed: a client that goes away now must not leave an untrue answer behind.
        foreach (var (query, key) in request.Invalidates)
            await cache.RemoveAsync(CacheKeys.For(tenants.MultiTenantContext.TenantInfo!, query, key), CancellationToken.None);
        return response;
    }
}
