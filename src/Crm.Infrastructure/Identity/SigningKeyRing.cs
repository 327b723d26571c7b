using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Crm.Application.Identity;
using Microsoft.Extensions.Logging;

namespace Crm.Infrastructure.Identity;

/// <summary>The keys of this installation: the newest signs, all verify. Keys put into the source later are found without a restart.</summary>
internal sealed partial class SigningKeyRing(ISigningKeySource source, TimeProvider time, ILogger<SigningKeyRing> logger) : IPublicKeys
{
    // How old the ring may be before it is loaded anew, and how soon a token with an unknown key may make it load anew.
    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _loading = new();
    private Ring? _ring;

    public IReadOnlyList<PublicKey> Keys => [.. Current(GoodFor).Keys.Select(k => k.Public)];

    /// <summary>The key to sign with.</summary>
    public SigningKey Newest => Current(GoodFor).Keys[^1];

    /// <summary>Finds a key to verify with, by the id a token carries.</summary>
    public SigningKey? Find(string id) =>
        Current(GoodFor).ById.GetValueOrDefault(id) ?? Current(AskAgainAfter).ById.GetValueOrDefault(id);

    private Ring Current(TimeSpan goodFor)
    {
        var ring = Volatile.Read(ref _ring);
        if (ring is not null && time.GetElapsedTime(ring.LoadedAt) < goodFor)
            return ring;

        lock (_loading)
        {
            ring = _ring;
            if (ring is null || time.GetElapsedTime(ring.LoadedAt) >= goodFor)
                Volatile.Write(ref _ring, ring = Reload(ring));
            return ring;
        }
    }

    // A source that cannot be read for the moment must not end the service while there are keys at hand.
    private Ring Reload(Ring? present)
    {
        try
        {
            return Load();
        }
        catch (Exception e) when (present is not null)
        {
            LogReloadFailed(logger, e);
            return present with { LoadedAt = time.GetTimestamp() };
        }
    }

    private Ring Load()
    {
        // A key that was there before is kept, with what it has made ready.
        var present = _ring?.Keys.ToDictionary(k => k.Pem) ?? [];
        SigningKey[] keys = [.. source.Load().Distinct().Select(pem => present.GetValueOrDefault(pem) ?? SigningKey.FromPem(pem))];
        return keys.Length > 0
            ? new Ring(keys, keys.ToDictionary(k => k.Public.Id), time.GetTimestamp())
            : throw new InvalidOperationException("There is no key to sign access tokens with.");
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The signing keys could not be loaded anew; those at hand stay in use.")]
    private static partial void LogReloadFailed(ILogger logger, Exception exception);

    private sealed record Ring(SigningKey[] Keys, Dictionary<string, SigningKey> ById, long LoadedAt);
}

/// <summary>A private key on P-256. The framework's key objects do not promise to be thread-safe, and making one costs more than a check: each is used by one at a time and kept.</summary>
internal sealed class SigningKey
{
    private readonly ECParameters _private;
    private readonly ConcurrentBag<ECDsa> _idle = [];

    private SigningKey(string pem, ECParameters key)
    {
        Pem = pem;
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

    /// <summary>Reads a key.</summary>
    public static SigningKey FromPem(string pem)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(pem);
        var parameters = key.ExportParameters(includePrivateParameters: true);
        return parameters.Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value
            ? new SigningKey(pem, parameters)
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
