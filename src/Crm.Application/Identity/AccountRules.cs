using Crm.Domain.Common;
using FluentValidation;

namespace Crm.Application.Identity;

/// <summary>The rules of e-mail addresses, names, passwords and other secrets, in all requests that have such members.</summary>
internal static class AccountRules
{
    private const int LongestName = 255;
    private const int LongestSecret = 1024;

    public static void MustBeEmail<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(EmailAddress.IsValid).WithErrorCode("invalid_email").WithMessage("Expected one plain e-mail address.");

    /// <summary>
    /// The address of a new account or invitation, which mail must reach: mail servers need not accept letters outside of ASCII before
    /// the @.
    /// </summary>
    public static void MustBeMailable<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(EmailAddress.IsMailable).WithErrorCode("invalid_email")
            .WithMessage("Expected one plain e-mail address, in ASCII before the @.");

    public static void MustBeName<T>(this IRuleBuilder<T, string?> rule, int longest = LongestName) =>
        rule.NotEmpty().WithErrorCode("blank").WithMessage("This text cannot be blank.")
            .MaximumLength(longest).WithErrorCode("too_long").WithMessage($"At most {longest} characters.")
            .Must(OneLineText.IsOneLine).WithErrorCode("control_character")
            .WithMessage("A name must be one line: no line breaks, tabs or other control characters.");

    /// <summary>A text that is no longer than passwords and secrets can be.</summary>
    public static void MustBeGiven<T>(this IRuleBuilder<T, string?> rule) =>
        rule.NotEmpty().WithErrorCode("required").WithMessage("This member is required.")
            .MaximumLength(LongestSecret).WithErrorCode("too_long").WithMessage($"At most {LongestSecret} characters.");

    /// <summary>A member of a merge patch that cannot be cleared; begins the rules of its value.</summary>
    public static IRuleBuilderOptions<T, TValue> MustNotBeCleared<T, TValue>(this IRuleBuilder<T, TValue> rule) =>
        rule.NotNull().WithErrorCode("not_null").WithMessage("This member cannot be null.");
}
