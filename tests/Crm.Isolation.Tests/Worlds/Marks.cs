using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Crm.Isolation.Tests.Worlds;

/// <summary>
/// Makes texts that stand nowhere else. Each begins with the world's mark, by which another tenant can ask for it, and ends with a secret,
/// which is never part of a question: wherever a secret turns up, an answer was given.
/// </summary>
internal sealed class Marks
{
    private readonly string _mark = "q" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3));
    private int _count;

    /// <summary>What every text begins with, in small letters.</summary>
    public string Mark => _mark;

    /// <summary>A text of at most 18 characters, good for a name as for the part of an e-mail address before the @.</summary>
    public string Next()
    {
        var number = Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture);
        return $"{_mark}z{number}z{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3))}";
    }

    /// <summary>Finds texts of this world.</summary>
    public IEnumerable<string> In(string text) =>
        text.Contains(_mark, StringComparison.OrdinalIgnoreCase)
            ? Regex.Matches(text, _mark + "z[0-9]+z[0-9a-f]{6}", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking).Select(m => m.Value)
            : [];
}
