using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Crm.Infrastructure.Secrets;

/// <summary>
/// An encrypted value as it is stored: <c>v1|kek|dek|nonce|ciphertext|tag</c>, the last three in base64url. The kek is the one that had
/// wrapped the data key when
/// the value was encrypted; which one has it now stands with the data key, and is what counts.
/// </summary>
internal static class EncryptedText
{
    private const string Version = "v1";

    /// <summary>Encrypts a value for its place.</summary>
    public static string Encrypt(DataKey key, string plain, Cell cell)
    {
        var utf8 = Encoding.UTF8.GetBytes(plain);
        try
        {
            return Encrypt(key, utf8, cell);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(utf8);
        }
    }

    /// <summary>Encrypts a value in UTF-8 for its place.</summary>
    public static string Encrypt(DataKey key, byte[] utf8, Cell cell)
    {
        var bytes = AesGcmCipher.Encrypt(key.Material, utf8, cell.Context).AsSpan();
        return string.Join(
            '|', Version, key.KekId, key.Id.ToString("D"), Base64Url.EncodeToString(bytes[..AesGcmCipher.NonceLength]),
            Base64Url.EncodeToString(bytes[AesGcmCipher.NonceLength..^AesGcmCipher.TagLength]),
            Base64Url.EncodeToString(bytes[^AesGcmCipher.TagLength..]));
    }

    /// <summary>The data key a value was encrypted with; <c>null</c> for what is no encrypted value.</summary>
    public static Guid? KeyOf(string text) =>
        text.Split('|') is [Version, _, var key, _, _, _] && Guid.TryParseExact(key, "D", out var id) ? id : null;

    /// <summary>
    /// Decrypts a value of which <see cref="KeyOf"/> told the key, in its place; <c>null</c> when it was changed or belongs to another
    /// place.
    /// </summary>
    public static byte[]? TryDecrypt(byte[] key, string text, Cell cell)
    {
        var bytes = text.Split('|')[3..];
        return bytes.All(part => Base64Url.IsValid(part))
            ? AesGcmCipher.TryDecrypt(key, [.. bytes.SelectMany(part => Base64Url.DecodeFromChars(part))], cell.Context)
            : null;
    }
}
