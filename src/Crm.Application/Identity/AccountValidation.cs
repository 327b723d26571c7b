using Crm.Domain.Common;
using FluentValidation;

namespace Crm.Application.Identity;

/// <summary>What all requests that name a person demand of the person's e-mail address and name, and all that take a password or another secret.</summary>
internal static class AccountValidation
{
    private const int LongestName = 255;
    private const int LongestSecret = 1024;

    public static void EmailAt<T>(this IRuleBuilderInitial<T, string> rule, string pointer) =>
        rule.Must(EmailAddress.IsValid).WithErrorCode("invalid_email").WithMessage("Expected one plain e-mail address.").OverridePropertyName(pointer);

    public static void NameAt<T>(this IRuleBuilderInitial<T, string> rule, string pointer, int longest = LongestName) =>
        rule.Cascade(CascadeMode.Stop)
            .NotEmpty().WithErrorCode("blank").WithMessage("This text cannot be blank.")
            .MaximumLength(longest).WithErrorCode("too_long").WithMessage($"At most {longest} characters.")
            .Must(name => !name.Contains('\0', StringComparison.Ordinal)).WithErrorCode("invalid_text").WithMessage("The text contains U+0000.")
            .OverridePropertyName(pointer);

    /// <summary>Demands a text that is no more than passwords and secrets can be.</summary>
    public static void NeededAt<T>(this IRuleBuilderInitial<T, string> rule, string pointer) =>
        rule.Cascade(CascadeMode.Stop)
            .NotEmpty().WithErrorCode("required").WithMessage("This member is required.")
            .MaximumLength(LongestSecret).WithErrorCode("too_long").WithMessage($"At most {LongestSecret} characters.")
            .OverridePropertyName(pointer);
}
