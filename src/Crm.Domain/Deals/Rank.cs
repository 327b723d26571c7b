namespace Crm.Domain.Deals;

/// <summary>
/// Places on a board as texts that sort bytewise, so that a card moves between two others by a write to itself alone
/// (fractional indexing). Digits are 0–9, A–Z, a–z in ASCII order; a rank never ends in the lowest digit, so there is always room below it.
/// </summary>
public static class Rank
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>
    /// The rank of a card that comes to the end of its column: behind all that came there earlier, without looking at them, because the id
    /// carries the time.
    /// </summary>
    public static string Last(Guid id)
    {
        var value = UInt128.Parse(id.ToString("N"), System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);
        Span<char> text = stackalloc char[24];
        text[0] = 'V';
        text[^1] = 'V';
        for (var i = text.Length - 2; i > 0; i--)
        {
            text[i] = Digits[(int)(value % (UInt128)Digits.Length)];
            value /= (UInt128)Digits.Length;
        }

        return new string(text);
    }

    /// <summary>The rank of a card that goes to the end of its column now. Cards that come later, new ones too, stand behind it.</summary>
    public static string Last(string? after, DateTimeOffset now, Guid id)
    {
        // The last card may stand further down than its time says: it was given an id of a later time, or by a node whose clock is ahead.
        var last = Last(Guid.CreateVersion7(now));
        return string.CompareOrdinal(last, after) > 0 ? last : Between(after, null, id);
    }

    /// <summary>
    /// A rank strictly between two others, for a certain card: two cards put into the same gap at the same moment get different ranks, so
    /// that
    /// there is room between them.
    /// </summary>
    /// <exception cref="ArgumentException">The neighbours are not in order.</exception>
    public static string Between(string? after, string? before, Guid id)
    {
        // What is appended cannot lift the rank over its upper neighbour, because the two differ in the last digit made.
        var salt = (uint)id.GetHashCode();
        return Between(after, before) + Digits[(int)(salt % 62)] + Digits[(int)(salt / 62 % 62)] + Digits[(int)(salt / 3844 % 62)] + "V";
    }

    /// <summary>A rank strictly between two others.</summary>
    /// <exception cref="ArgumentException">The neighbours are not in order.</exception>
    public static string Between(string? after, string? before)
    {
        if (after is not null && before is not null && string.CompareOrdinal(after, before) >= 0)
            throw new ArgumentException("The neighbours are not in order.", nameof(after));

        var rank = new System.Text.StringBuilder();
        var bounded = before is not null;
        for (var i = 0; ; i++)
        {
            var low = after is not null && i < after.Length ? Digits.IndexOf(after[i], StringComparison.Ordinal) : 0;
            var high = bounded ? (i < before!.Length ? Digits.IndexOf(before[i], StringComparison.Ordinal) : 0) : Digits.Length;
            if (high - low > 1)
                return rank.Append(Digits[(low + high) / 2]).ToString();

            rank.Append(Digits[low]);
            if (low < high)
                bounded = false;
        }
    }
}
