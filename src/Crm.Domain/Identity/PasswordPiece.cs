namespace Crm.Domain.Identity;

/// <summary>What a part of a password is to one who guesses.</summary>
internal enum PasswordPieceKind
{
    /// <summary>A character that follows from nothing before it.</summary>
    Character,

    /// <summary>The next of a sequence such as <c>abcd</c>, <c>4321</c> or <c>qwer</c>.</summary>
    Step,

    /// <summary>What stands right before it, once more.</summary>
    Repeat,

    /// <summary>A year of the twentieth or the twenty-first century.</summary>
    Year,

    /// <summary>A common password or word, with or without look-alike characters.</summary>
    Word,

    /// <summary>A word that occurred before.</summary>
    SameWord,
}

/// <summary>A part of a password.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Length">How many UTF-16 code units it has.</param>
internal readonly record struct PasswordPiece(PasswordPieceKind Kind, int Length)
{
    private const int LongestBlock = 64;

    private static readonly string[] KeyboardRows = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

    /// <summary>
    /// Takes a password apart from its beginning, each time by what one who guesses would try first. Case does not count.
    /// </summary>
    public static IEnumerable<PasswordPiece> Of(string password)
    {
        var text = password.ToLowerInvariant();
        var plain = CommonPasswords.Plain(text);
        var words = new HashSet<string>(StringComparer.Ordinal);
        for (var start = 0; start < text.Length;)
        {
            var piece = Next(text, plain, start, words);
            yield return piece;
            start += piece.Length;
        }
    }

    private static PasswordPiece Next(string text, string plain, int start, HashSet<string> words)
    {
        if (LengthOfRepeat(text, start) is var repeated and > 0)
            return new(PasswordPieceKind.Repeat, repeated);
        if (Math.Max(CommonPasswords.LengthOfWord(text, start), CommonPasswords.LengthOfWord(plain, start)) is var word and > 0)
            return new(words.Add(plain.Substring(start, word)) ? PasswordPieceKind.Word : PasswordPieceKind.SameWord, word);
        if (IsYear(text.AsSpan(start)))
            return new(PasswordPieceKind.Year, 4);
        return new(start > 0 && Follows(text[start - 1], text[start]) ? PasswordPieceKind.Step : PasswordPieceKind.Character, 1);
    }

    // The longest block that was just said and is said again.
    private static int LengthOfRepeat(string text, int start)
    {
        var length = Math.Min(LongestBlock, Math.Min(start, text.Length - start));
        while (length > 0 && !text.AsSpan(start - length, length).SequenceEqual(text.AsSpan(start, length)))
            length--;
        return length;
    }

    private static bool IsYear(ReadOnlySpan<char> text) =>
        text.Length >= 4 && (text.StartsWith("19") || text.StartsWith("20")) && char.IsAsciiDigit(text[2]) && char.IsAsciiDigit(text[3]);

    private static bool Follows(char before, char next) =>
        Math.Abs(next - before) == 1 || Array.Exists(KeyboardRows, row => row.Contains($"{before}{next}", StringComparison.Ordinal) || row.Contains($"{next}{before}", StringComparison.Ordinal));
}
