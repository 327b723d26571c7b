using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Crm.Application.Identity;
using Crm.Application.Identity.Lockout;
using Crm.Domain.Identity;
using Crm.Infrastructure.Persistence.Records;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.Identity.Lockout;

/// <summary>
/// Signs what devices are recognised by: a random id and the time, by HMAC-SHA-256 together with the user and the hash of the password. The
/// key is derived from the one that
/// all nodes share for cursors, for this purpose alone.
/// </summary>
[Singleton]
internal sealed class KnownDevices(IOptions<CursorOptions> keys, IOptions<LockoutOptions> options, TimeProvider time) : IKnownDevices
{
    private const int IdLength = 16;
    private const int SignedLength = IdLength + sizeof(long);
    private const int Length = SignedLength + HMACSHA256.HashSizeInBytes;

    private readonly byte[] _key = HKDF.DeriveKey(HashAlgorithmName.SHA256, keys.Value.Key, 32, info: "crm known devices"u8.ToArray());

    public Guid? Recognise(string? token, User user)
    {
        if (!Base64Url.IsValid(token, out var length) || length != Length)
            return null;

        ReadOnlySpan<byte> bytes = Base64Url.DecodeFromChars(token);
        var signed = bytes[..SignedLength];
        if (!CryptographicOperations.FixedTimeEquals(bytes[SignedLength..], Sign(signed, user)))
            return null;

        // The signature holds, so the time is one we wrote.
        var issuedAt = DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(signed[IdLength..]));
        return issuedAt + options.Value.DeviceLifetime > time.GetUtcNow() ? new Guid(signed[..IdLength]) : null;
    }

    public string Remember(User user)
    {
        Span<byte> signed = stackalloc byte[SignedLength];
        RandomNumberGenerator.Fill(signed[..IdLength]);
        BinaryPrimitives.WriteInt64BigEndian(signed[IdLength..], time.GetUtcNow().ToUnixTimeSeconds());
        return Base64Url.EncodeToString([.. signed, .. Sign(signed, user)]);
    }

    private byte[] Sign(ReadOnlySpan<byte> signed, User user)
    {
        byte[] message = [.. signed, .. Encoding.UTF8.GetBytes($"{user.Id}{user.PasswordHash}")];
        return HMACSHA256.HashData(_key, message);
    }
}
