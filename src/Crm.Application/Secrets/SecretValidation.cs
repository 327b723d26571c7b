using Crm.Domain.Secrets;
using FluentValidation;

namespace Crm.Application.Secrets;

/// <summary>What all requests that take a provider's secret demand of it.</summary>
internal static class SecretValidation
{
    public static void SecretAt<T>(this IRuleBuilderInitial<T, string> rule, string pointer) =>
        rule.Length(ProviderKey.ShortestSecret, ProviderKey.LongestSecret).WithErrorCode("invalid_secret")
            .WithMessage($"A secret has {ProviderKey.ShortestSecret} to {ProviderKey.LongestSecret} characters.").OverridePropertyName(pointer);
}
