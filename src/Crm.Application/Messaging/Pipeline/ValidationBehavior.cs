using Crm.Domain.Common;
using MediatR;

namespace Crm.Application.Messaging.Pipeline;

/// <summary>Runs the request's validators and refuses with every fault they find.</summary>
internal sealed class ValidationBehavior<TRequest, TResponse>(RequestValidation<TRequest> validation) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>
{
    // Most requests have no validator: they pay for no state machine.
    public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next) =>
        validation.IsNeeded ? ValidateAsync(request, next, cancellationToken) : next();

    private async Task<TResponse> ValidateAsync(TRequest request, RequestHandlerDelegate<TResponse> next, CancellationToken cancellationToken)
    {
        var faults = await validation.FindFaultsAsync(request, cancellationToken);
        return faults.Count == 0 ? await next() : throw new InvalidException(faults);
    }
}
