using Crm.Application.Identity.Lockout;
using MediatR;

namespace Crm.Application.Messaging.Pipeline;

/// <summary>
/// Lets a request through whose password is right, and counts the others. Outside of every transaction, so that a count survives the
/// request that failed.
/// </summary>
internal sealed class LockoutBehavior<TRequest, TResponse>(RequestValidation<TRequest> validation, PasswordGate gate) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>, IGuardsLockout
{
    public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        // What is not well formed has no password checked and counts for nothing; the behaviors behind tell its faults.
        var faults = await validation.FindFaultsAsync(request, cancellationToken);
        return faults.Count == 0 ? await gate.PassAsync(request, () => next(), cancellationToken) : await next();
    }
}
