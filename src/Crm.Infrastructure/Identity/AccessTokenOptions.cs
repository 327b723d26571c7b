using System.ComponentModel.DataAnnotations;

namespace Crm.Infrastructure.Identity;

/// <summary>How access tokens are made and checked; section <c>AccessTokens</c> of the configuration.</summary>
[Section(AccessTokenOptions.Section)]
public sealed class AccessTokenOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "AccessTokens";

    /// <summary>The issuer written into tokens and demanded of them; one per installation.</summary>
    [Required]
    public string Issuer { get; init; } = "crm";

    /// <summary>The audience written into tokens and demanded of them.</summary>
    [Required]
    public string Audience { get; init; } = "crm-api";

    /// <summary>How long a token is good for: 1 min – 24 h, 15 min by default.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How far the clocks of two nodes may differ: 0–30 s, 30 s by default.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:30")]
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many checked tokens a node remembers at most, so as not to check a signature at every request.</summary>
    [Range(2, 1_000_000)]
    public int CacheCapacity { get; init; } = 20_000;

    /// <summary>
    /// The folder of the signing keys: PEM files of P-256 keys whose names, in ordinal order, go from oldest to newest. The newest whose
    /// time has come signs, all
    /// verify. When it is empty a first key is made. <c>signing-keys</c> under <c>CRM_HOME</c> when not configured.
    /// </summary>
    public string? KeyFolder { get; init; }

    /// <summary>
    /// How long a new key is published before it signs: 7 min – 24 h, 10 min by default. It must be longer than all of these together: the
    /// minute in which every
    /// node has looked at the folder, the 5 minutes for which others may keep the public keys, and the difference of the clocks.
    /// </summary>
    [Range(typeof(TimeSpan), "00:07:00", "1.00:00:00")]
    public TimeSpan KeyActivationDelay { get; init; } = TimeSpan.FromMinutes(10);
}
