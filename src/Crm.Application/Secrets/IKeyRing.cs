namespace Crm.Application.Secrets;

/// <summary>
/// Where key-encryption keys are held, outside of the database. It wraps the data keys that secrets are encrypted with. One that asks a key management service
/// takes the place of the one that reads files when it is registered before; nothing else has to know.
/// </summary>
public interface IKeyRing
{
    /// <summary>Looks up the keys as they are now.</summary>
    /// <param name="cancellationToken">Ends the look-up.</param>
    /// <returns>The keys, oldest first; empty when there is none.</returns>
    Task<IReadOnlyList<KeyEncryptionKey>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Makes a further key.</summary>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The key.</returns>
    /// <exception cref="Domain.Common.CannotRunException">Keys are given from outside, or there are too many.</exception>
    Task<KeyEncryptionKey> AddAsync(CancellationToken cancellationToken);

    /// <summary>Encrypts a data key.</summary>
    /// <param name="keyId">The key to do it with.</param>
    /// <param name="dataKey">The data key, 32 bytes.</param>
    /// <param name="context">What the result is bound to; unwrapping needs the same.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The wrapped key; <c>null</c> when the ring does not have the key.</returns>
    Task<byte[]?> WrapAsync(string keyId, byte[] dataKey, byte[] context, CancellationToken cancellationToken);

    /// <summary>Decrypts a data key.</summary>
    /// <param name="keyId">The key it was wrapped with.</param>
    /// <param name="wrapped">The wrapped key.</param>
    /// <param name="context">What it was bound to.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The data key, to be overwritten after use; <c>null</c> when the ring does not have the key, or what is wrapped was changed or bound to something else.</returns>
    Task<byte[]?> UnwrapAsync(string keyId, byte[] wrapped, byte[] context, CancellationToken cancellationToken);
}

/// <summary>A key-encryption key, without the key itself.</summary>
/// <param name="Id">Its id, which follows from the key.</param>
/// <param name="UsableFrom">When it may begin to wrap, UTC, so that every node has it by then; <c>null</c> for at once.</param>
/// <param name="IsDevelopment">Whether the system made it for itself without being asked.</param>
/// <param name="File">The name of the file that holds it; <c>null</c> for one that is held otherwise.</param>
public sealed record KeyEncryptionKey(string Id, DateTimeOffset? UsableFrom, bool IsDevelopment, string? File = null);
