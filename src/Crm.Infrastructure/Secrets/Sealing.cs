using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Crm.Infrastructure.Secrets;

/// <summary>AES-256-GCM, with a random nonce of 96 bits in front of the encrypted bytes and a tag of 128 behind them.</summary>
internal static class Sealing
{
    /// <summary>The length of every key, in bytes.</summary>
    public const int KeyLength = 32;

    /// <summary>The length of a nonce, in bytes.</summary>
    public const int NonceLength = 12;

    /// <summary>The length of a tag, in bytes.</summary>
    public const int TagLength = 16;

    /// <summary>Encrypts.</summary>
    public static byte[] Seal(byte[] key, ReadOnlySpan<byte> plain, byte[] context)
    {
        var result = new byte[NonceLength + plain.Length + TagLength];
        var nonce = result.AsSpan(0, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var gcm = new AesGcm(key, TagLength);
        gcm.Encrypt(nonce, plain, result.AsSpan(NonceLength, plain.Length), result.AsSpan(NonceLength + plain.Length), context);
        return result;
    }

    /// <summary>Decrypts; <c>null</c> when it was changed, or sealed with another key or for another context.</summary>
    public static byte[]? TryOpen(byte[] key, ReadOnlySpan<byte> sealedBytes, byte[] context)
    {
        if (sealedBytes.Length < NonceLength + TagLength)
            return null;
        var plain = new byte[sealedBytes.Length - NonceLength - TagLength];
        using var gcm = new AesGcm(key, TagLength);
        try
        {
            gcm.Decrypt(sealedBytes[..NonceLength], sealedBytes[NonceLength..^TagLength], sealedBytes[^TagLength..], plain, context);
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}

/// <summary>Where an encrypted value stands; a value is good in its own place alone.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="Table">The table.</param>
/// <param name="Column">The column.</param>
/// <param name="RowId">The row.</param>
internal readonly record struct Cell(Guid TenantId, string Table, string Column, Guid RowId)
{
    /// <summary>The place as it is bound to the value.</summary>
    public byte[] Context => Encoding.UTF8.GetBytes($"v1|{TenantId:D}|{Table}|{Column}|{RowId:D}");

    /// <inheritdoc />
    public override string ToString() => $"{Table}.{Column} {TenantId:D}/{RowId:D}";
}

/// <summary>
/// An encrypted value as it is stored: <c>v1|kek|dek|nonce|ciphertext|tag</c>, the last three in base64url. The kek is the one that had wrapped the data key when
/// the value was encrypted; which one has it now stands with the data key, and is what counts.
/// </summary>
internal static class SealedText
{
    private const string Version = "v1";

    /// <summary>Encrypts a value for its place.</summary>
    public static string Seal(DataKey key, string plain, Cell cell)
    {
        var utf8 = Encoding.UTF8.GetBytes(plain);
        try
        {
            return Seal(key, utf8, cell);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(utf8);
        }
    }

    /// <summary>Encrypts a value in UTF-8 for its place.</summary>
    public static string Seal(DataKey key, byte[] utf8, Cell cell)
    {
        var bytes = Sealing.Seal(key.Material, utf8, cell.Context).AsSpan();
        return string.Join(
            '|', Version, key.KekId, key.Id.ToString("D"), Base64Url.EncodeToString(bytes[..Sealing.NonceLength]),
            Base64Url.EncodeToString(bytes[Sealing.NonceLength..^Sealing.TagLength]), Base64Url.EncodeToString(bytes[^Sealing.TagLength..]));
    }

    /// <summary>The data key a value was encrypted with; <c>null</c> for what is no encrypted value.</summary>
    public static Guid? KeyOf(string text) =>
        text.Split('|') is [Version, _, var key, _, _, _] && Guid.TryParseExact(key, "D", out var id) ? id : null;

    /// <summary>Decrypts a value of which <see cref="KeyOf"/> told the key, in its place; <c>null</c> when it was changed or belongs to another place.</summary>
    public static byte[]? TryOpen(byte[] key, string text, Cell cell)
    {
        var bytes = text.Split('|')[3..];
        return bytes.All(part => Base64Url.IsValid(part)) ? Sealing.TryOpen(key, [.. bytes.SelectMany(part => Base64Url.DecodeFromChars(part))], cell.Context) : null;
    }
}
