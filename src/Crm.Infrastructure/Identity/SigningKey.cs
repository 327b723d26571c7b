using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Crm.Application.Identity;

namespace Crm.Infrastructure.Identity;

/// <summary>
/// A private key on P-256. The framework's key objects do not promise to be thread-safe, and making one costs more than a check: each is
/// used by one at a time and kept.
/// </summary>
internal sealed class SigningKey
{
    private readonly ECParameters _private;
    private readonly ConcurrentBag<ECDsa> _idle = [];

    private SigningKey(string pem, ECParameters key, DateTimeOffset? signsFrom)
    {
        (Pem, SignsFrom) = (pem, signsFrom);
        _private = key;
        var x = Base64Url.EncodeToString(key.Q.X);
        var y = Base64Url.EncodeToString(key.Q.Y);

        // RFC 7638: the hash of the required members in alphabetical order.
        var thumbprint = SHA256.HashData(Encoding.ASCII.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}"""));
        Public = new PublicKey(Base64Url.EncodeToString(thumbprint), x, y);
    }

    /// <summary>The public half.</summary>
    public PublicKey Public { get; }

    /// <summary>The key as it was read.</summary>
    public string Pem { get; }

    /// <summary>When it begins to sign; <c>null</c> for at once.</summary>
    public DateTimeOffset? SignsFrom { get; }

    /// <summary>Reads a key.</summary>
    public static SigningKey FromPem(string pem, DateTimeOffset? signsFrom = null)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(pem);
        var parameters = key.ExportParameters(includePrivateParameters: true);
        return parameters.Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value
            ? new SigningKey(pem, parameters, signsFrom)
            : throw new InvalidOperationException("A key that signs access tokens is on the curve P-256.");
    }

    /// <summary>Signs as ES256 does.</summary>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        var key = Take();
        try
        {
            return key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        finally
        {
            _idle.Add(key);
        }
    }

    /// <summary>Verifies as ES256 does.</summary>
    public bool Verifies(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        var key = Take();
        try
        {
            return key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        finally
        {
            _idle.Add(key);
        }
    }

    private ECDsa Take() => _idle.TryTake(out var key) ? key : ECDsa.Create(_private);
}
