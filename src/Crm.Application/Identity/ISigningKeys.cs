namespace Crm.Application.Identity;

/// <summary>Where the keys that sign access tokens are kept.</summary>
public interface ISigningKeySource
{
    /// <summary>Loads the private keys.</summary>
    /// <returns>P-256 keys as PEM (PKCS#8 or SEC 1), oldest first: the last one signs, all verify. At least one.</returns>
    IReadOnlyList<string> Load();
}

/// <summary>The public halves of the keys that sign access tokens, for those who check tokens themselves.</summary>
public interface IPublicKeys
{
    /// <summary>The keys in use, oldest first.</summary>
    IReadOnlyList<PublicKey> Keys { get; }
}

/// <summary>A public key on the curve P-256.</summary>
/// <param name="Id">The thumbprint of the key (RFC 7638), which tokens carry as <c>kid</c>.</param>
/// <param name="X">The x coordinate, base64url.</param>
/// <param name="Y">The y coordinate, base64url.</param>
public sealed record PublicKey(string Id, string X, string Y);
