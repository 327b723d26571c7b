using System.Collections.Frozen;

namespace Crm.Domain.Identity;

/// <summary>
/// The ten thousand passwords found most often in published leaks, and what people make of them to satisfy a policy: capitals, digits
/// and signs put in front and behind, letters replaced by look-alikes, the whole said twice.
/// </summary>
public static class CommonPasswords
{
    // A short word is part of many good passwords; alone between digits and signs even a short one is guessed.
    private const int ShortestBase = 4;

    // Those of work, which leaks of private accounts have less often.
    private static readonly string[] WordsOfWork = ["administrator", "administration", "autumn", "company", "customer", "manager", "office", "sales", "temporary"];

    private static readonly FrozenSet<string> Known = Read();

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Words = Known.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly int LongestWord = Known.Max(word => word.Length);

    /// <summary>Whether a password is a common one, dressed up or not.</summary>
    public static bool Contains(string password)
    {
        var lower = password.ToLowerInvariant();
        if (Known.Contains(lower) || Known.Contains(Once(lower)))
            return true;

        return IsDressed(lower) || IsDressed(Plain(lower));
    }

    /// <summary>Puts letters in the place of what looks like them.</summary>
    internal static string Plain(string text) => string.Concat(text.Select(Plain));

    /// <summary>Finds the longest word of four characters or more, a letter first, that stands in a text.</summary>
    internal static int LengthOfWord(string text, int start)
    {
        var length = char.IsLetter(text[start]) ? Math.Min(LongestWord, text.Length - start) : 0;
        while (length >= ShortestBase && !Words.Contains(text.AsSpan(start, length)))
            length--;
        return length >= ShortestBase ? length : 0;
    }

    private static bool IsDressed(string text)
    {
        var start = 0;
        var end = text.Length;
        while (start < end && !char.IsLetter(text[start]))
            start++;
        while (end > start && !char.IsLetter(text[end - 1]))
            end--;
        var core = Once(text[start..end]);
        return core.Length >= ShortestBase && Known.Contains(core);
    }

    // "abcabc" is "abc" said twice.
    private static string Once(string text)
    {
        for (var length = 1; length <= text.Length / 2; length++)
        {
            if (text.Length % length == 0 && IsRepeated(text, length))
                return text[..length];
        }

        return text;
    }

    private static bool IsRepeated(string text, int length)
    {
        for (var i = length; i < text.Length; i++)
        {
            if (text[i] != text[i - length])
                return false;
        }

        return true;
    }

    private static char Plain(char c) => c switch
    {
        '0' => 'o',
        '1' or '!' or '|' => 'i',
        '3' or '€' => 'e',
        '4' or '@' => 'a',
        '5' or '$' => 's',
        '7' => 't',
        _ => c,
    };

    private static FrozenSet<string> Read()
    {
        using var stream = typeof(CommonPasswords).Assembly.GetManifestResourceStream("common-passwords.txt")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Concat(WordsOfWork).ToFrozenSet(StringComparer.Ordinal);
    }
}
