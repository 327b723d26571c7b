using Crm.Application.Caching;
using Crm.Application.MultiTenancy;
using MediatR;

namespace Crm.Application.Messaging.Pipeline;

/// <summary>Serves queries that allow it from the cache.</summary>
internal sealed class CachingBehavior<TRequest, TResponse>(ICache cache, IMultiTenantContextAccessor tenants) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>, ICachedQuery
{
    public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next) =>
        cache.GetOrCreateAsync(
            CacheKeys.For(tenants.MultiTenantContext.TenantInfo!, typeof(TRequest), request.CacheKey), request.CacheFor, () => next(), cancellationToken);
}
