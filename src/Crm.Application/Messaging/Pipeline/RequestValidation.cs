using Crm.Domain.Common;
using FluentValidation;

namespace Crm.Application.Messaging.Pipeline;

/// <summary>Asks all validators of a request. A validator names the JSON pointer as the property.</summary>
/// <typeparam name="TRequest">The request.</typeparam>
/// <param name="validators">The validators; most requests were checked when they were read and have none.</param>
internal sealed class RequestValidation<TRequest>(IEnumerable<IValidator<TRequest>> validators)
{
    /// <summary>Whether there is anything to ask.</summary>
    public bool IsNeeded => validators.Any();

    /// <summary>Finds everything that is wrong with a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>All faults, none when the request is good.</returns>
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
