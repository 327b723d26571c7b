using Crm.Domain.Common;
using Crm.Domain.Identity;
using FluentValidation;
using FluentValidation.Results;

namespace Crm.Application.Identity;

/// <summary>What all requests that name a person demand of the person's e-mail address, name and password.</summary>
internal static class AccountValidation
{
    private const int LongestName = 255;

    public static void EmailAt<T>(this IRuleBuilderInitial<T, string> rule, string pointer) =>
        rule.Must(EmailAddress.IsValid).WithErrorCode("invalid_email").WithMessage("Expected one plain e-mail address.").OverridePropertyName(pointer);

    public static void NameAt<T>(this IRuleBuilderInitial<T, string> rule, string pointer) =>
        rule.Cascade(CascadeMode.Stop)
            .NotEmpty().WithErrorCode("blank").WithMessage("This text cannot be blank.")
            .MaximumLength(LongestName).WithErrorCode("too_long").WithMessage($"At most {LongestName} characters.")
            .Must(name => !name.Contains('\0', StringComparison.Ordinal)).WithErrorCode("invalid_text").WithMessage("The text contains U+0000.")
            .OverridePropertyName(pointer);

    /// <summary>Demands that a password, where one is given, keeps the policy; reports all its faults.</summary>
    public static void PasswordAt<T>(
        this IRuleBuilderInitial<T, string?> rule, string pointer, PasswordPolicy policy, Func<T, string> name, Func<T, string> email) =>
        rule.Custom((password, context) =>
        {
            if (password is null)
                return;
            foreach (var fault in PasswordRules.Check(password, policy, name(context.InstanceToValidate), email(context.InstanceToValidate)))
                context.AddFailure(new ValidationFailure(pointer, fault.Message) { ErrorCode = fault.Code });
        });
}
