using System.ComponentModel.DataAnnotations;

namespace Crm.Infrastructure.Secrets;

/// <summary>How secrets are encrypted; section <c>Encryption</c> of the configuration.</summary>
[Section("Encryption")]
public sealed class EncryptionOptions
{
    /// <summary>
    /// Key-encryption keys given from outside, separated by spaces or commas, oldest first: each 32 random bytes in Base64. While this is set
    /// no folder is read.
    /// </summary>
    public string? Keys { get; init; }

    /// <summary>The folder of key-encryption keys; <c>null</c> for <c>keys</c> in <c>CRM_HOME</c>. The same folder for all nodes.</summary>
    public string? KeyFolder { get; init; }

    /// <summary>
    /// How long a new key-encryption key lies in the folder before it wraps, so that every node has it by then: 0–24 h, 1 minute by
    /// default.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan KeyActivationDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many values are encrypted again in one transaction: 1–1000, 100 by default.</summary>
    [Range(1, 1000)]
    public int BatchSize { get; init; } = 100;

    /// <summary>
    /// How long the row of a data key that has nothing left to decrypt is kept before a rotation removes it: 0–366 days, 7 days by default.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "366.00:00:00")]
    public TimeSpan KeepRetiredKeysFor { get; init; } = TimeSpan.FromDays(7);
}

/// <summary>How long what provider keys were used for is known; section <c>ProviderKeys</c> of the configuration.</summary>
[Section("ProviderKeys")]
public sealed class ProviderKeyOptions
{
    /// <summary>How long a use is kept: 1–3660 days, 90 days by default.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3660.00:00:00")]
    public TimeSpan KeepUsesFor { get; init; } = TimeSpan.FromDays(90);
}

/// <summary>
/// Whether the system may encrypt with a key that it made for itself without being asked. Said by whoever composes the system, never by
/// configuration.
/// </summary>
public sealed class DevelopmentKeyOptions
{
    /// <summary>Whether it may; no, unless said otherwise.</summary>
    public bool Allowed { get; set; }
}
