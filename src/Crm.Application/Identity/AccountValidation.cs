using Crm.Domain.Common;
using FluentValidation;

namespace Crm.Application.Identity;

/// <summary>
/// What all requests that name a person demand of the person's e-mail address and name, and all that take a password or another secret.
/// </summary>
internal static class AccountValidation
{
    private const int LongestName = 255;
    private const int LongestSecret = 1024;

    public static void EmailAt<T>(this IRuleBuilderInitial<T, string> rule, string pointer) =>
        rule.Must(EmailAddress.IsValid).WithErrorCode("invalid_email").WithMessage("Expected one plain e-mail address.").OverridePropertyName(pointer);

    /// <summary>
    /// Demands the address of a new account or invitation, which mail must reach: mail servers need not take other letters than those of
    /// ASCII before the @.
    /// </summary>
    public static void NewEmailAt<T>(this IRuleBuilderInitial<T, string> rule, string pointer) =>
        rule.Must(EmailAddress.IsMailable).WithErrorCode("invalid_email").WithMessage("Expected one plain e-mail address, in ASCII before the @.").OverridePropertyName(pointer);

    public static void NameAt<T>(this IRuleBuilderInitial<T, string> rule, string pointer, int longest = LongestName) =>
        rule.Cascade(CascadeMode.Stop)
            .NotEmpty().WithErrorCode("blank").WithMessage("This text cannot be blank.")
            .MaximumLength(longest).WithErrorCode("too_long").WithMessage($"At most {longest} characters.")
            .Must(OneLineText.IsOneLine).WithErrorCode("control_character").WithMessage("A name stands on one line: no line breaks, tabs or other control characters.")
            .OverridePropertyName(pointer);

    /// <summary>Demands a text that is no more than passwords and secrets can be.</summary>
    public static void NeededAt<T>(this IRuleBuilderInitial<T, string> rule, string pointer) =>
        rule.Cascade(CascadeMode.Stop)
            .NotEmpty().WithErrorCode("required").WithMessage("This member is required.")
            .MaximumLength(LongestSecret).WithErrorCode("too_long").WithMessage($"At most {LongestSecret} characters.")
            .OverridePropertyName(pointer);

    /// <summary>Demands that a member of a merge patch is not cleared, and what else there is to say of its value.</summary>
    public static void NeverNull<T>(this AbstractValidator<T> validator, Func<T, object?> member, string pointer, Action? rules = null) =>
        validator.When(request => member(request) is not null, rules ?? (() => { })).Otherwise(() => validator.RuleFor(r => r)
            .Must(_ => false).WithErrorCode("not_null").WithMessage("This member cannot be null.").OverridePropertyName(pointer));
}
