using Crm.Application.Bodies;
using Crm.Application.Identity;
using Crm.Domain.Common;
using FluentValidation;
using MediatR;

namespace Crm.Application.Messaging.Pipeline;

/// <summary>Runs the request's validators and refuses with every fault they find.</summary>
internal sealed class ValidationBehavior<TRequest, TResponse>(IEnumerable<IValidator<TRequest>> validators)
    : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>
{
    // The lockout and the password policy need the rules before they do their part, and have asked them.
    private static readonly bool AreAsked =
        typeof(TRequest).IsAssignableTo(typeof(IGuardsLockout)) || typeof(TRequest).IsAssignableTo(typeof(ISetsPassword));

    // Most requests have no validator: they pay for no state machine.
    public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next) =>
        AreAsked || !validators.Any() ? next() : ValidateAsync(request, next, cancellationToken);

    private async Task<TResponse> ValidateAsync(TRequest request, RequestHandlerDelegate<TResponse> next, CancellationToken cancellationToken)
    {
        var faults = await RequestRules.FindFaultsAsync(validators, request, cancellationToken);
        return faults.Count == 0 ? await next() : throw new InvalidException(faults);
    }
}
