namespace Crm.Domain.Identity;

/// <summary>
/// How hard a password is to guess, estimated. Counts bits: what is predictable (words of the owner, common passwords, runs such as
/// <c>abcd</c> or <c>7777</c>) counts little, every other character as much as the kinds of characters used allow.
/// </summary>
/// <param name="Score">0 (guessed at once) to 4 (beyond reach): below 28, 40, 55 and 70 bits, or more.</param>
/// <param name="Faults">Why the policy refuses it, or what makes it weak; empty for a good one.</param>
public sealed record PasswordStrength(int Score, IReadOnlyList<PasswordFault> Faults)
{
    // One of about ten thousand words, in one of a few spellings.
    private const double BitsOfWord = 15;

    // Continuing a run is one choice out of a few.
    private const double BitsOfStep = 1;

    private static readonly double[] Steps = [28, 40, 55, 70];

    /// <summary>Estimates a password.</summary>
    /// <param name="password">The password proposed.</param>
    /// <param name="policy">What the host demands.</param>
    /// <param name="owner">Whose it is to be.</param>
    /// <returns>The estimate.</returns>
    public static PasswordStrength Of(string password, PasswordPolicy policy, PasswordOwner owner)
    {
        var faults = PasswordRules.Check(password, policy, owner);
        var bits = CommonPasswords.Contains(password) ? BitsOfWord : Bits(password, PasswordRules.WordsOf(owner));
        return new PasswordStrength(Steps.Count(step => bits >= step), faults);
    }

    private static double Bits(string password, IEnumerable<string> words)
    {
        var rest = password;
        var bits = 0.0;
        foreach (var word in words.Where(word => rest.Contains(word, StringComparison.OrdinalIgnoreCase)))
        {
            rest = rest.Replace(word, "", StringComparison.OrdinalIgnoreCase);
            bits += BitsOfStep;
        }

        var each = Math.Log2(Math.Max(2, Alphabet(rest)));
        for (var i = 0; i < rest.Length; i++)
            bits += i > 0 && Math.Abs(rest[i] - rest[i - 1]) <= 1 ? BitsOfStep : each;
        return bits;
    }

    private static int Alphabet(string text) =>
        (text.Any(char.IsLower) ? 26 : 0) + (text.Any(char.IsUpper) ? 26 : 0) + (text.Any(char.IsDigit) ? 10 : 0) + (text.All(char.IsLetterOrDigit) ? 0 : 33);
}
