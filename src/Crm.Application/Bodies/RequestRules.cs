using Crm.Domain.Common;
using FluentValidation;

namespace Crm.Application.Bodies;

/// <summary>
/// Asks the rules of a request about a body that has faults of form, so that a client learns all faults at once. The request gets no
/// further than this; where the form is right, the pipeline asks the rules.
/// </summary>
/// <typeparam name="TRequest">The request.</typeparam>
public interface IRequestRules<TRequest>
{
    /// <summary>The faults of form, and what the rules hold against the members that have none.</summary>
    IReadOnlyList<FieldError> FindFaults(TypedBody body);
}

/// <summary>Rules that need more than a validator has. They are asked beside the validators where these found faults.</summary>
/// <typeparam name="TRequest">The request.</typeparam>
internal interface IFurtherRules<TRequest>
{
    /// <summary>Finds what the rules hold against a request that the validators refuse.</summary>
    Task<IReadOnlyList<FieldError>> FindFaultsAsync(TRequest request, CancellationToken cancellationToken);

    /// <summary>Finds what the rules hold against the members that can be read of a body.</summary>
    IReadOnlyList<FieldError> FindFaults(TypedBody body);
}

/// <summary>All rules of a request. A validator names the JSON pointer as the property.</summary>
internal sealed class RequestRules<TRequest>(IEnumerable<IValidator<TRequest>> validators, IEnumerable<IFurtherRules<TRequest>> further)
    : IRequestRules<TRequest>
{
    public IReadOnlyList<FieldError> FindFaults(TypedBody body)
    {
        var found = validators.OfType<RequestValidator<TRequest>>()
            .SelectMany(validator => validator.ValidateMembers(body))
            .Select(failure => failure.ToFault())
            .Concat(further.SelectMany(rules => rules.FindFaults(body)));
        return [.. body.Faults, .. found.Where(fault => !body.IsFaulty(fault.Pointer!))];
    }

    /// <summary>Refuses a request with everything that is wrong with it.</summary>
    /// <exception cref="InvalidException">Something is.</exception>
    public async Task DemandAsync(TRequest request, CancellationToken cancellationToken)
    {
        var faults = await RequestRules.FindFaultsAsync(validators, request, cancellationToken);
        if (faults.Count == 0)
            return;
        foreach (var rules in further)
            faults.AddRange(await rules.FindFaultsAsync(request, cancellationToken));
        throw new InvalidException(faults);
    }
}

internal static class RequestRules
{
    /// <summary>Finds what validators hold against a request.</summary>
    public static async Task<List<FieldError>> FindFaultsAsync<TRequest>(
        IEnumerable<IValidator<TRequest>> validators, TRequest request, CancellationToken cancellationToken)
    {
        List<FieldError> faults = [];
        foreach (var validator in validators)
            faults.AddRange((await validator.ValidateAsync(request, cancellationToken)).Errors.Select(failure => failure.ToFault()));
        return faults;
    }
}
