namespace Crm.Domain.Identity;

/// <summary>
/// How hard a password is to guess, estimated. Counts bits: what is predictable (words of the owner, common words, years, sequences such as
/// <c>abcd</c>, what is
/// said again) counts little, every other character as much as the kinds of characters used allow.
/// </summary>
/// <param name="Score">0 (guessed at once) to 4 (beyond reach): below 28, 40, 55 and 70 bits, or more.</param>
/// <param name="Faults">Why the policy refuses it; empty when it is taken.</param>
/// <param name="Weaknesses">What else makes it easy to guess; empty at a score of 4, and never empty together with the faults below
/// that.</param>
public sealed record PasswordStrength(int Score, IReadOnlyList<PasswordFault> Faults, IReadOnlyList<PasswordFault> Weaknesses)
{
    private const int Best = 4;

    // One of about ten thousand words, in one of a few spellings.
    private const double BitsOfWord = 15;

    // One of about seventy, the present ones first.
    private const double BitsOfYear = 6;

    // Continuing a sequence, or saying something again, is one choice out of a few.
    private const double BitsOfStep = 1;

    // A step or two occur in good passwords by chance.
    private const int FewestToTell = 3;

    private static readonly double[] Steps = [28, 40, 55, 70];

    /// <summary>Estimates a password.</summary>
    public static PasswordStrength Of(string password, PasswordPolicy policy, PasswordOwner owner)
    {
        var faults = PasswordRules.Check(password, policy, owner);
        var (rest, bits) = WithoutWordsOf(owner, password);
        var pieces = PasswordPiece.Of(rest).ToList();
        bits += BitsOf(pieces, Math.Log2(Math.Max(2, Alphabet(rest))));
        var score = Steps.Count(step => (CommonPasswords.Contains(password) ? Math.Min(bits, BitsOfWord) : bits) >= step);
        return new PasswordStrength(score, faults, score == Best ? [] : [.. WeaknessesOf(pieces, faults.Count > 0)]);
    }

    private static (string Remaining, double Bits) WithoutWordsOf(PasswordOwner owner, string password)
    {
        var (rest, bits) = (password, 0.0);
        foreach (var word in PasswordRules.WordsOf(owner).Where(word => rest.Contains(word, StringComparison.OrdinalIgnoreCase)))
        {
            rest = rest.Replace(word, "", StringComparison.OrdinalIgnoreCase);
            bits += BitsOfStep;
        }

        return (rest, bits);
    }

    private static double BitsOf(IEnumerable<PasswordPiece> pieces, double each) => pieces.Sum(piece => piece.Kind switch
    {
        PasswordPieceKind.Character => each,
        PasswordPieceKind.Word => Math.Min(BitsOfWord, piece.Length * each),
        PasswordPieceKind.Year => BitsOfYear,
        _ => BitsOfStep,
    });

    private static IEnumerable<PasswordFault> WeaknessesOf(List<PasswordPiece> pieces, bool hasFaults)
    {
        var lengths = pieces.ToLookup(p => p.Kind, p => p.Length);
        var found = hasFaults;
        foreach (var (weakness, isThere) in new[]
        {
            (new PasswordFault("password_repeats", "What is said again adds next to nothing."), lengths[PasswordPieceKind.Repeat].Concat(lengths[PasswordPieceKind.SameWord]).Sum() >= FewestToTell),
            (new PasswordFault("password_sequence", "Letters or digits in a row, such as abcd, 4321 or qwer, are guessed early."), lengths[PasswordPieceKind.Step].Sum() >= FewestToTell),
            (new PasswordFault("password_year", "A year is guessed early."), lengths.Contains(PasswordPieceKind.Year)),
            (new PasswordFault("password_word", "A common word or password within it is guessed early, also with look-alike characters."), lengths.Contains(PasswordPieceKind.Word)),
        })
        {
            if (!isThere)
                continue;
            found = true;
            yield return weakness;
        }

        if (!found)
            yield return new PasswordFault("password_weak", "More characters, or more kinds of them, make it harder to guess.");
    }

    private static int Alphabet(string text) =>
        (text.Any(char.IsLower) ? 26 : 0) + (text.Any(char.IsUpper) ? 26 : 0) + (text.Any(char.IsDigit) ? 10 : 0) + (text.All(char.IsLetterOrDigit) ? 0 : 33);
}
