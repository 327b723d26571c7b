using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Crm.Infrastructure.ApiKeys;

/// <summary>
/// API keys as texts: a prefix, by which scanners for leaked secrets know them, 32 random characters (190 bits) and a checksum of six, by
/// which a mistyped or
/// cut-off key is refused without asking anyone.
/// </summary>
internal static class ApiKeyText
{
    /// <summary>The beginning of every API key.</summary>
    public const string Prefix = "crm_live_";

    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int RandomLength = 32;
    private const int ChecksumLength = 6;
    private const int Length = 9 + RandomLength + ChecksumLength;

    private static readonly SearchValues<char> Characters = SearchValues.Create(Alphabet);

    /// <summary>Makes a key.</summary>
    public static string Create()
    {
        var random = Prefix + RandomNumberGenerator.GetString(Alphabet, RandomLength);
        return string.Concat(random, Checksum(random));
    }

    /// <summary>Whether a text can be a key: its form and its checksum are right.</summary>
    public static bool IsValid(string text) =>
        text.Length == Length
        && text.StartsWith(Prefix, StringComparison.Ordinal)
        && !text.AsSpan(Prefix.Length).ContainsAnyExcept(Characters)
        && text.AsSpan(Length - ChecksumLength).SequenceEqual(Checksum(text.AsSpan(0, Length - ChecksumLength)));

    /// <summary>What of a key is kept.</summary>
    public static byte[] Hash(string text, byte[] pepper) => HMACSHA256.HashData(pepper, Encoding.ASCII.GetBytes(text));

    // No secret is in it: it tells accidents from keys, not keys from forgeries. 32 bits fit into six of 62 characters.
    private static string Checksum(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[Length];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var length = Encoding.ASCII.GetBytes(text, bytes);
        SHA256.HashData(bytes[..length], hash);
        return string.Create(ChecksumLength, BinaryPrimitives.ReadUInt32BigEndian(hash), static (characters, number) =>
        {
            for (var i = characters.Length - 1; i >= 0; i--, number /= 62)
                characters[i] = Alphabet[(int)(number % 62)];
        });
    }
}
