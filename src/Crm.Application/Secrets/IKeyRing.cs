namespace Crm.Application.Secrets;

/// <summary>
/// Where key-encryption keys are held, outside of the database. It wraps the data keys that secrets are encrypted with. One that asks a key
/// management service
/// takes the place of the one that reads files when it is registered before; nothing else has to know.
/// </summary>
public interface IKeyRing
{
    /// <summary>Looks up the keys as they are now.</summary>
    Task<IReadOnlyList<KeyEncryptionKey>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Makes a further key.</summary>
    /// <exception cref="Domain.Common.CannotRunException">Keys are given from outside, or there are too many.</exception>
    Task<KeyEncryptionKey> AddAsync(CancellationToken cancellationToken);

    /// <summary>Encrypts a data key.</summary>
    Task<byte[]?> WrapAsync(string keyId, byte[] dataKey, byte[] context, CancellationToken cancellationToken);

    /// <summary>Decrypts a data key.</summary>
    Task<byte[]?> UnwrapAsync(string keyId, byte[] wrapped, byte[] context, CancellationToken cancellationToken);
}

/// <summary>A key-encryption key, without the key itself.</summary>
/// <param name="Id">Its id, which follows from the key.</param>
/// <param name="UsableFrom">When it may begin to wrap, UTC, so that every node has it by then; <c>null</c> for at once.</param>
/// <param name="IsDevelopment">Whether the system made it for itself without being asked.</param>
/// <param name="File">The name of the file that holds it; <c>null</c> for one that is held otherwise.</param>
public sealed record KeyEncryptionKey(string Id, DateTimeOffset? UsableFrom, bool IsDevelopment, string? File = null);
