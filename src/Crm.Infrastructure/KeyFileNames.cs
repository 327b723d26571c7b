using System.Globalization;
using System.Security.Cryptography;

namespace Crm.Infrastructure;

/// <summary>
/// Names of key files. They begin with the time from which a key is used, so that every node has read it by then, and that sorting them puts them in the order
/// of their use. A name without a time is one of a key that is used at once.
/// </summary>
internal static class KeyFileNames
{
    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>The next time that a name can tell, which has whole seconds: none too early.</summary>
    /// <param name="time">The earliest.</param>
    /// <returns>A time up to a second later.</returns>
    public static DateTimeOffset NextTime(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds() + 1);

    /// <summary>Makes a name that no other file has.</summary>
    /// <param name="usedFrom">From when on the key is used; in whole seconds.</param>
    /// <param name="extension">The extension with its dot.</param>
    /// <returns>The name, such as <c>20261121T123000Z-0a1b2c3d.pem</c>.</returns>
    public static string Create(DateTimeOffset usedFrom, string extension) =>
        $"{usedFrom.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}{extension}";

    /// <summary>Tells from when on a key is used.</summary>
    /// <param name="file">Its file.</param>
    /// <returns>The time, UTC; <c>null</c> for at once.</returns>
    public static DateTimeOffset? UsedFrom(string file) =>
        DateTimeOffset.TryParseExact(
            Path.GetFileNameWithoutExtension(file).Split('-')[0], TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var from)
            ? from
            : null;
}
