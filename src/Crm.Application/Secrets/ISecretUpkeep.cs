namespace Crm.Application.Secrets;

/// <summary>
/// What is done to encrypted values and their keys while the system runs. All of it can be cut off at any moment and is finished by doing
/// it again.
/// </summary>
public interface ISecretUpkeep
{
    /// <summary>
    /// Goes over to another key-encryption key, which wraps from now on; waits until every node has had time to get it. A change that was
    /// cut off before all data
    /// keys were wrapped anew is gone on with, and no further key added. The first key of an installation is made the same way.
    /// </summary>
    /// <exception cref="Domain.Common.CannotRunException">No further key was given.</exception>
    Task<string> ReplaceKeyEncryptionKeyAsync(CancellationToken cancellationToken);

    /// <summary>Wraps the data keys of the present tenant anew.</summary>
    Task<SecretCounts> RewrapAsync(string keyId, CancellationToken cancellationToken);

    /// <summary>Notes that the keys before the present one wrap nothing any more.</summary>
    Task EmptyRetiredKeysAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Gives the present tenant another data key and encrypts everything anew with it. One that was cut off is finished and no further key
    /// made.
    /// </summary>
    Task<SecretCounts> RotateDataKeyAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Tells which columns still hold plaintext from before they were encrypted; none, once <see cref="EncryptAsync"/> has been through all
    /// tenants.
    /// </summary>
    Task<IReadOnlyList<string>> ListPlaintextColumnsAsync(CancellationToken cancellationToken);

    /// <summary>Encrypts the plaintext of the present tenant that stands in such columns.</summary>
    Task<SecretCounts> EncryptAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Notes, for good, that no tenant has plaintext in these columns any more. From then on plaintext is refused, whoever put it there.
    /// </summary>
    Task EndPlaintextAsync(IReadOnlyList<string> columns, CancellationToken cancellationToken);

    /// <summary>Decrypts everything the present tenant has, and tells what cannot be.</summary>
    Task<SecretCounts> VerifyAsync(CancellationToken cancellationToken);
}

/// <summary>The outcome of going over to another key-encryption key.</summary>
/// <param name="KeyId">The key that wraps from now on.</param>
/// <param name="Counts">How many data keys were wrapped anew, and which could not be.</param>
public sealed record RotatedKeyEncryptionKey(string KeyId, SecretCounts Counts);

/// <summary>How much was done.</summary>
/// <param name="Done">How many values.</param>
/// <param name="Unreadable">What cannot be decrypted, as <c>table.column tenant/row</c>.</param>
public sealed record SecretCounts(int Done, IReadOnlyList<string> Unreadable)
{
    /// <summary>Nothing yet.</summary>
    public static SecretCounts None { get; } = new(0, []);

    /// <summary>Adds two.</summary>
    public static SecretCounts operator +(SecretCounts a, SecretCounts b) => new(a.Done + b.Done, [.. a.Unreadable, .. b.Unreadable]);
}
