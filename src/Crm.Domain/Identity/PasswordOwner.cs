using Crm.Domain.Tenants;

namespace Crm.Domain.Identity;

/// <summary>
/// Whose a password is to be: what a stranger would try first, and what the person's tenants demand beyond the host's policy.
/// </summary>
/// <param name="UserId">The user; <c>null</c> for one who is not yet.</param>
/// <param name="Name">The name others see.</param>
/// <param name="Email">The e-mail address.</param>
/// <param name="Tenants">The identifiers of the tenants the person works in.</param>
public sealed record PasswordOwner(Guid? UserId, string Name, string Email, IReadOnlyList<string> Tenants)
{
    /// <summary>The fewest characters that one of the tenants demands; <c>null</c> when none does.</summary>
    public int? MinLength { get; init; }

    /// <summary>Whether one of the tenants demands a mixture of characters.</summary>
    public bool RequireMixture { get; init; }

    /// <summary>The owner, under the demands of another description of the same person too.</summary>
    public PasswordOwner With(PasswordOwner? other) => Stricter(other?.MinLength, other?.RequireMixture == true);

    /// <summary>The owner as a member of one more tenant.</summary>
    public PasswordOwner Under(TenantSettings? settings) => Stricter(settings?.PasswordMinLength, settings?.PasswordRequireMixture == true);

    // A comparison with null is false, so what is not demanded never wins.
    private PasswordOwner Stricter(int? minLength, bool requireMixture) =>
        this with { MinLength = minLength > (MinLength ?? 0) ? minLength : MinLength, RequireMixture = RequireMixture || requireMixture };
}
