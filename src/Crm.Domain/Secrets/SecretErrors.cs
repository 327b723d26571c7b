using Crm.Domain.Common;

namespace Crm.Domain.Secrets;

/// <summary>What can go wrong with secrets that are kept encrypted.</summary>
public static class SecretErrors
{
    /// <summary>The tenant has no provider key for a service.</summary>
    public static NotFoundException NoProviderKey() => new("provider key");

    /// <summary>
    /// A stored secret is not what was stored: it was changed, moved or swapped, or the key it was encrypted with is missing.
    /// </summary>
    public static UnavailableException Unreadable() =>
        new("secret_unreadable", "A stored secret cannot be read, and the operator has been told; put the secret in again.");

    /// <summary>There is no key to encrypt with.</summary>
    public static UnavailableException NoKey() =>
        new("encryption_unavailable", "Secrets cannot be encrypted at the moment; the operator has to give the system a key.");
}
