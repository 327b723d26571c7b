using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.ChangeLog.Seals;

/// <summary>The keys that seals are signed with. They are not in the database, so anyone who has only that cannot make a seal.</summary>
[Singleton]
internal sealed class SealKeys(IOptions<AuditOptions> options, IConfiguration configuration)
{
    private const string Secret = "sealKey";

    private (string Id, byte[] Key)[]? _keys;

    /// <summary>Signs a hash with the present key.</summary>
    public async Task<(string KeyId, byte[] Signature)> SignAsync(byte[] hash, CancellationToken cancellationToken)
    {
        var (id, key) = (await LoadAsync(cancellationToken))[0];
        return (id, HMACSHA256.HashData(key, hash));
    }

    /// <summary>Whether a seal was signed with a key of this installation.</summary>
    public async Task<bool> VerifiesAsync(Seal seal, CancellationToken cancellationToken)
    {
        var (_, key) = (await LoadAsync(cancellationToken)).FirstOrDefault(k => k.Id == seal.KeyId);
        return key is not null && CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(key, seal.Hash), seal.Signature);
    }

    // The first caller loads them; twice does no harm, since what is loaded is the same.
    private async Task<(string Id, byte[] Key)[]> LoadAsync(CancellationToken cancellationToken)
    {
        if (_keys is { } loaded)
            return loaded;
        var present = options.Value.SealKey
            ?? await SecretsFile.In(CrmHome.Of(configuration)).GetOrCreateAsync(Secret, SecretsFile.RandomBase64, cancellationToken);
        return _keys = [.. options.Value.PastSealKeys.Prepend(present).Select(Convert.FromBase64String).Select(key => (IdOf(key), key))];
    }

    // Distinguishes keys and reveals nothing about them.
    private static string IdOf(byte[] key) => Convert.ToHexStringLower(SHA256.HashData([.. "crm.seal-key"u8, .. key]))[..16];
}
