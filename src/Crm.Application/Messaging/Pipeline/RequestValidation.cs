using Crm.Domain.Common;
using FluentValidation;

namespace Crm.Application.Messaging.Pipeline;

/// <summary>Asks all validators of a request. A validator names the JSON pointer as the property.</summary>
/// <typeparam name="TRequest">The request.</typeparam>
internal sealed class RequestValidation<TRequest>(IEnumerable<IValidator<TRequest>> validators)
{
    /// <summary>Whether there is anything to ask.</summary>
    public bool IsNeeded => validators.Any();

    /// <summary>Finds everything that is wrong with a request.</summary>
    public async Task<IReadOnlyList<FieldError>> FindFaultsAsync(TRequest request, CancellationToken cancellationToken)
    {
        List<FieldError>? faults = null;
        foreach (var validator in validators)
        {
            var result = await validator.ValidateAsync(request, cancellationToken);
            foreach (var failure in result.Errors)
                (faults ??= []).Add(FieldError.At(failure.PropertyName, failure.ErrorCode, failure.ErrorMessage));
        }

        return faults ?? [];
    }
}
