using Crm.Application.Bodies;
using Crm.Application.Messaging;
using Crm.Application.RateLimiting;
using MediatR;

namespace Crm.Application.Identity.Lockout;

/// <summary>
/// The gate of every attempt to prove who somebody is: it asks the account's limit, and passes a password on only if it is right. It stays
/// outside of every transaction, so that a count survives the request that failed.
/// </summary>
internal sealed class LockoutBehavior<TRequest, TResponse>(AccountLimit limit, RequestRules<TRequest> rules, PasswordGate gate)
    : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>, IAttempt
{
    public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        await limit.TakePlaceAsync(request, typeof(TRequest).Name, cancellationToken);
        if (request is not IGuardsLockout guarded)
            return await next();

        // What is not well formed has no password checked and counts for nothing.
        await rules.DemandAsync(request, cancellationToken);
        return await gate.PassAsync(guarded, () => next(), cancellationToken);
    }
}
