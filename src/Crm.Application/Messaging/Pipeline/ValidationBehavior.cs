using Crm.Domain.Common;
using FluentValidation;
using MediatR;

namespace Crm.Application.Messaging.Pipeline;

/// <summary>Runs the request's validators and refuses with every fault they find. A validator names the JSON pointer as the property.</summary>
internal sealed class ValidationBehavior<TRequest, TResponse>(IEnumerable<IValidator<TRequest>> validators) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>
{
    // Most requests were checked when they were read and have no validator: they pay for no state machine.
    public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next) =>
        validators.Any() ? ValidateAsync(request, next, cancellationToken) : next();

    private async Task<TResponse> ValidateAsync(TRequest request, RequestHandlerDelegate<TResponse> next, CancellationToken cancellationToken)
    {
        List<FieldError>? errors = null;
        foreach (var validator in validators)
        {
            var result = await validator.ValidateAsync(request, cancellationToken);
            foreach (var failure in result.Errors)
                (errors ??= []).Add(FieldError.At(failure.PropertyName, failure.ErrorCode, failure.ErrorMessage));
        }

        return errors is null ? await next() : throw new InvalidException(errors);
    }
}
