using Crm.Application.Identity;
using Crm.Domain.Common;
using Crm.Domain.Identity;

namespace Crm.Application.Messaging.Pipeline;

/// <summary>
/// Asks the rules about a request whose body has faults of form, so that a client learns all at once: the request gets no further than
/// this. What takes more
/// than the body to know, such as whose a password is to be, is said once the form is right.
/// </summary>
/// <typeparam name="TRequest">The request.</typeparam>
public interface IRequestRules<in TRequest>
{
    /// <summary>Finds what the rules hold against the members that have no faults of form.</summary>
    Task<IReadOnlyList<FieldError>> FindFurtherFaultsAsync(TRequest rest, IReadOnlyList<FieldError> faults, CancellationToken cancellationToken);
}

internal sealed class RequestRules<TRequest>(RequestValidation<TRequest> validation, PasswordPolicy policy) : IRequestRules<TRequest>
{
    private static readonly PasswordOwner Anyone = new(null, "", "", []);

    public async Task<IReadOnlyList<FieldError>> FindFurtherFaultsAsync(TRequest rest, IReadOnlyList<FieldError> faults, CancellationToken cancellationToken)
    {
        var ofRules = (await validation.FindFaultsAsync(rest, cancellationToken)).Concat(OfPassword(rest));
        return [.. ofRules.Where(found => !faults.Any(fault => IsWithin(found.Pointer!, fault.Pointer!)))];
    }

    private IEnumerable<FieldError> OfPassword(TRequest request) => request is ISetsPassword { NewPassword: { } password } setting
        ? PasswordRules.Check(password, policy, Anyone).Select(f => FieldError.At(setting.PasswordPointer, f.Code, f.Message))
        : [];

    private static bool IsWithin(string pointer, string outer) =>
        pointer.StartsWith(outer, StringComparison.Ordinal) && (pointer.Length == outer.Length || pointer[outer.Length] == '/');
}
