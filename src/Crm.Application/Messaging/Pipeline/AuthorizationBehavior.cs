using Crm.Application.Authorization;
using MediatR;

namespace Crm.Application.Messaging.Pipeline;

/// <summary>Refuses a caller who lacks what the request's type declares.</summary>
internal sealed class AuthorizationBehavior<TRequest, TResponse>(ICaller caller) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>
{
    public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        AccessRules.Demand(caller, typeof(TRequest));
        return next();
    }
}
