using System.Globalization;
using System.Security.Cryptography;

namespace Crm.Infrastructure;

/// <summary>
/// Names of key files. They begin with the time from which a key is used, so that every node has read it by then, and that sorting them
/// puts them in the order
/// of their use. A name without a time is one of a key that is used at once.
/// </summary>
internal static class KeyFileNames
{
    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>The next time that a name can tell, which has whole seconds: none too early.</summary>
    public static DateTimeOffset NextTime(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds() + 1);

    /// <summary>Makes a name that no other file has.</summary>
    public static string Create(DateTimeOffset usedFrom, string extension) =>
        $"{usedFrom.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}{extension}";

    /// <summary>Tells from when on a key is used.</summary>
    public static DateTimeOffset? UsedFrom(string file) =>
        DateTimeOffset.TryParseExact(
            Path.GetFileNameWithoutExtension(file).Split('-')[0], TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var from)
            ? from
            : null;
}
