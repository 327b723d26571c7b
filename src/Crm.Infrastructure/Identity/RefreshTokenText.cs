using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Crm.Infrastructure.Identity;

/// <summary>
/// Refresh tokens as texts: a prefix, by which scanners for leaked secrets know them, and 256 bits.
/// <para>
/// A successor is not random but derived from its predecessor and a salt that is made when the predecessor is used. So whoever presents the
/// same token a moment
/// later, to whichever node, can be told the same successor, though nothing but its hash was stored: the caller brings one half of what it
/// is made of, the database
/// has the other. One of the halves is not enough: a stolen database tells no token, and a stolen token that is not presented tells nothing
/// of those after it.
/// </para>
/// </summary>
internal static class RefreshTokenText
{
    /// <summary>The beginning of every refresh token.</summary>
    public const string Prefix = "crm_refresh_";

    private const int Size = 32;
    private static readonly int Length = Prefix.Length + Base64Url.GetEncodedLength(Size);

    /// <summary>Makes a token.</summary>
    public static string Create() => Of(RandomNumberGenerator.GetBytes(Size));

    /// <summary>Makes what the successor of a token is derived with.</summary>
    public static byte[] CreateSalt() => RandomNumberGenerator.GetBytes(Size);

    /// <summary>Derives the successor of a token.</summary>
    public static string Successor(string token, byte[] salt) => Of(HMACSHA256.HashData(Encoding.ASCII.GetBytes(token), salt));

    /// <summary>What of a token is stored. A fast hash is enough: there is nothing to guess in 256 random bits.</summary>
    public static byte[]? Hash(string token) =>
        token.Length == Length && token.StartsWith(Prefix, StringComparison.Ordinal) && Ascii.IsValid(token)
            ? SHA256.HashData(Encoding.ASCII.GetBytes(token))
            : null;

    private static string Of(byte[] bytes) => Prefix + Base64Url.EncodeToString(bytes);
}
