using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Crm.Application.Identity;
using Crm.Domain.Identity;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.Identity;

/// <summary>The key that CSRF tokens are derived with.</summary>
public sealed class CsrfOptions
{
    /// <summary>32 bytes, the same on every node; generated at start when none is given, so that pages ask for their token again.</summary>
    public byte[] Key { get; set; } = RandomNumberGenerator.GetBytes(32);

    /// <summary>Derives the key from another secret, so that the two have nothing to do with one another (HKDF, RFC 5869).</summary>
    public static byte[] KeyFrom(byte[] secret) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, info: "crm csrf tokens"u8.ToArray());
}

/// <summary>CSRF tokens as HMAC-SHA-256 of the session's id.</summary>
[Singleton]
internal sealed class CsrfTokens(IOptions<CsrfOptions> options) : ICsrfTokens
{
    public string Of(Guid sessionId) => Base64Url.EncodeToString(HMACSHA256.HashData(options.Value.Key, sessionId.ToByteArray()));

    public void Demand(Guid sessionId, string? token)
    {
        if (token is null)
            throw IdentityErrors.CsrfTokenMissing();
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(Of(sessionId))))
            throw IdentityErrors.InvalidCsrfToken();
    }
}
