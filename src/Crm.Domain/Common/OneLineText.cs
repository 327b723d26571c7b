using System.Globalization;

namespace Crm.Domain.Common;

/// <summary>Texts that stand on one line wherever they are shown or sent: names, addresses, telephone numbers.</summary>
public static class OneLineText
{
    /// <summary>
    /// Whether a text is one line: no control characters (line breaks and tabs among them) and no line or paragraph separators.
    /// </summary>
    public static bool IsOneLine(string text) => !text.Any(BreaksLine);

    /// <summary>Brings any text onto one line of limited length, for where it is shown among words of the system's own.</summary>
    public static string Of(string text, int longest)
    {
        var line = string.Join(' ', string.Concat(text.Select(c => BreaksLine(c) ? ' ' : c)).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        if (line.Length <= longest)
            return line;

        // A pair of surrogates is kept whole or not at all.
        var end = char.IsHighSurrogate(line[longest - 2]) ? longest - 2 : longest - 1;
        return line[..end].TrimEnd() + "…";
    }

    private static bool BreaksLine(char c) =>
        char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
