using System.Security.Cryptography;

namespace Crm.Infrastructure.Secrets;

/// <summary>AES-256-GCM, with a random nonce of 96 bits in front of the encrypted bytes and a tag of 128 behind them.</summary>
internal static class AesGcmCipher
{
    /// <summary>The length of every key, in bytes.</summary>
    public const int KeyLength = 32;

    /// <summary>The length of a nonce, in bytes.</summary>
    public const int NonceLength = 12;

    /// <summary>The length of a tag, in bytes.</summary>
    public const int TagLength = 16;

    /// <summary>Encrypts.</summary>
    public static byte[] Encrypt(byte[] key, ReadOnlySpan<byte> plain, byte[] context)
    {
        var result = new byte[NonceLength + plain.Length + TagLength];
        var nonce = result.AsSpan(0, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var gcm = new AesGcm(key, TagLength);
        gcm.Encrypt(nonce, plain, result.AsSpan(NonceLength, plain.Length), result.AsSpan(NonceLength + plain.Length), context);
        return result;
    }

    /// <summary>Decrypts; <c>null</c> when it was changed, or encrypted with another key or for another context.</summary>
    public static byte[]? TryDecrypt(byte[] key, ReadOnlySpan<byte> encrypted, byte[] context)
    {
        if (encrypted.Length < NonceLength + TagLength)
            return null;
        var plain = new byte[encrypted.Length - NonceLength - TagLength];
        using var gcm = new AesGcm(key, TagLength);
        try
        {
            gcm.Decrypt(encrypted[..NonceLength], encrypted[NonceLength..^TagLength], encrypted[^TagLength..], plain, context);
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
