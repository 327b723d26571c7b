namespace Crm.Domain.Identity;

/// <summary>What a password must be like, as the host configures it.</summary>
public sealed class PasswordPolicy
{
    /// <summary>A new password is none of so many last ones, the present one included.</summary>
    public const int Remembered = 5;

    /// <summary>The fewest characters (Unicode code points) allowed; 12 by default.</summary>
    public int MinLength { get; init; } = 12;

    /// <summary>The most characters (Unicode code points) allowed, which bounds the cost of hashing; 128 by default.</summary>
    public int MaxLength { get; init; } = 128;

    /// <summary>Whether an upper-case letter, a lower-case letter, a digit and another character must each occur; so by default.</summary>
    public bool RequireMixture { get; init; } = true;
}
