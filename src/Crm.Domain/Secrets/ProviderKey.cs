using Crm.Domain.Common;

namespace Crm.Domain.Secrets;

/// <summary>A tenant's secret for an outside service. The secret goes in and is used; it never comes out through the API.</summary>
public sealed class ProviderKey : Record
{
    /// <summary>The shortest secret: the last four characters of a shorter one would tell too much of it.</summary>
    public const int ShortestSecret = 16;

    /// <summary>The longest secret, in UTF-16 code units.</summary>
    public const int LongestSecret = 8192;

    /// <summary>The service it is for, such as <c>openai</c>; a tenant has one live key for each.</summary>
    public string Provider { get; init; } = "";

    /// <summary>The name people know it by.</summary>
    public string Name { get; set; } = "";

    /// <summary>The secret, from the moment it is given until it is saved; <c>null</c> otherwise.</summary>
    [Encrypted]
    public string? Secret { get; private set; }

    /// <summary>The last four characters of the secret, by which people tell it from another.</summary>
    public string Last4 { get; private set; } = "";

    /// <summary>When the present secret was put in, UTC.</summary>
    public DateTimeOffset RotatedAt { get; private set; }

    /// <summary>When the secret was used last, UTC, to the minute; <c>null</c> when it was not.</summary>
    public DateTimeOffset? LastUsedAt { get; private set; }

    /// <summary>Puts a secret in, the first one or another.</summary>
    public void Put(string secret, DateTimeOffset now) => (Secret, Last4, RotatedAt) = (secret, secret[^4..], now);
}
