using Crm.Domain.Secrets;
using FluentValidation;

namespace Crm.Application.Secrets;

/// <summary>The rule of a provider's secret.</summary>
internal static class SecretValidation
{
    public static void MustBeSecret<T>(this IRuleBuilder<T, string> rule) =>
        rule.Length(ProviderKey.ShortestSecret, ProviderKey.LongestSecret).WithErrorCode("invalid_secret")
            .WithMessage($"A secret has {ProviderKey.ShortestSecret} to {ProviderKey.LongestSecret} characters.");
}
