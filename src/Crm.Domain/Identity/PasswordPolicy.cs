namespace Crm.Domain.Identity;

/// <summary>What a password must be like, as the host configures it.</summary>
public sealed class PasswordPolicy
{
    /// <summary>A new password is none of so many last ones, the present one included.</summary>
    public const int Remembered = 5;

    /// <summary>The name of the section of the configuration.</summary>
    public const string Section = "PasswordPolicy";

    // What no host can undo: shorter passwords are guessed, a smaller limit keeps people from good ones, a greater one lets anybody make
    // hashing costly.
    private const int ShortestMinimum = 8;
    private const int ShortestMaximum = 64;
    private const int LongestMaximum = 1000;

    /// <summary>The fewest characters (Unicode code points) allowed, 8 – <see cref="MaxLength"/>; 12 by default.</summary>
    public int MinLength { get; init; } = 12;

    /// <summary>The most characters (Unicode code points) allowed, which bounds the cost of hashing, 64 – 1,000; 128 by default.</summary>
    public int MaxLength { get; init; } = 128;

    /// <summary>Whether an upper-case letter, a lower-case letter, a digit and another character must each occur; so by default.</summary>
    public bool RequireMixture { get; init; } = true;

    /// <summary>Whether the lengths are within what any host may demand.</summary>
    public bool IsValid() => MinLength >= ShortestMinimum && MinLength <= MaxLength && MaxLength is >= ShortestMaximum and <= LongestMaximum;
}
