namespace Crm.Application.Identity;

/// <summary>Where the keys that sign access tokens are kept.</summary>
public interface ISigningKeySource
{
    /// <summary>Loads the private keys.</summary>
    IReadOnlyList<StoredKey> Load();
}

/// <summary>Puts a new signing key in the place of the one in use.</summary>
public interface ISigningKeyRotation
{
    /// <summary>
    /// Adds a key that will sign once every node and everyone who keeps the public keys for a while has had time to learn of it, and
    /// removes keys long retired.
    /// </summary>
    /// <exception cref="Domain.Common.CannotRunException">There are too many keys already, or a new one is waiting for its
    /// time.</exception>
    RotatedKey Rotate();
}

/// <summary>A private key as it is kept.</summary>
/// <param name="Pem">A P-256 key as PEM (PKCS#8 or SEC 1).</param>
/// <param name="SignsFrom">When it begins to sign, UTC; <c>null</c> for at once.</param>
public sealed record StoredKey(string Pem, DateTimeOffset? SignsFrom)
{
    /// <summary>The time alone: the key must not end up in a log.</summary>
    public override string ToString() => $"{nameof(StoredKey)} {SignsFrom:O}";
}

/// <summary>A signing key just added.</summary>
/// <param name="Id">Its id, which tokens will carry as <c>kid</c>.</param>
/// <param name="File">The name of the file that holds it.</param>
/// <param name="SignsFrom">When it begins to sign, UTC.</param>
/// <param name="Removed">How many keys, long retired, were removed.</param>
public sealed record RotatedKey(string Id, string File, DateTimeOffset SignsFrom, int Removed);

/// <summary>The public halves of the keys that sign access tokens, for those who check tokens themselves.</summary>
public interface IPublicKeys
{
    /// <summary>
    /// The keys tokens may be signed with, oldest first: those that have signed, the one that signs, and the one that will.
    /// </summary>
    IReadOnlyList<PublicKey> Keys { get; }
}

/// <summary>A public key on the curve P-256.</summary>
/// <param name="Id">The thumbprint of the key (RFC 7638), which tokens carry as <c>kid</c>.</param>
/// <param name="X">The x coordinate, base64url.</param>
/// <param name="Y">The y coordinate, base64url.</param>
public sealed record PublicKey(string Id, string X, string Y);
