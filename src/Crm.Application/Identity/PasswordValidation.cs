using Crm.Domain.Identity;
using FluentValidation;
using FluentValidation.Results;

namespace Crm.Application.Identity;

/// <summary>Brings the rules of a good password into a request's validator.</summary>
internal static class PasswordValidation
{
    /// <summary>Demands that a password, where one is given, keeps the policy; reports all its faults.</summary>
    /// <typeparam name="T">The request.</typeparam>
    /// <param name="rule">The rule of the password's property.</param>
    /// <param name="policy">What the host demands.</param>
    /// <param name="name">Tells the name of the one it is for.</param>
    /// <param name="email">Tells the e-mail address of the one it is for.</param>
    public static void KeepsPolicy<T>(this IRuleBuilderInitial<T, string?> rule, PasswordPolicy policy, Func<T, string> name, Func<T, string> email) =>
        rule.Custom((password, context) =>
        {
            if (password is null)
                return;
            foreach (var fault in PasswordRules.Check(password, policy, name(context.InstanceToValidate), email(context.InstanceToValidate)))
                context.AddFailure(new ValidationFailure(context.PropertyPath, fault.Message) { ErrorCode = fault.Code });
        });
}
