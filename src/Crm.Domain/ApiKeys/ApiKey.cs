using Crm.Domain.Common;

namespace Crm.Domain.ApiKeys;

/// <summary>
/// A key by which a program acts for a member of the tenant: it may do what the member may do at present, cut down to its scopes. The
/// secret itself is
/// kept nowhere. Revoked by putting it in the trash.
/// </summary>
public sealed class ApiKey : Record
{
    /// <summary>What it is called.</summary>
    public string Name { get; set; } = "";

    /// <summary>The member it acts for, who made it.</summary>
    public Guid UserId { get; private set; }

    /// <summary>The permissions it is cut down to, such as <c>contacts:read</c>.</summary>
    public IReadOnlyList<string> Scopes { get; private set; } = [];

    /// <summary>Where it may be used from: ranges of addresses such as <c>192.0.2.0/24</c>; none for anywhere.</summary>
    public IReadOnlyList<string> AllowedIps { get; set; } = [];

    /// <summary>When it is no longer good, UTC; <c>null</c> for never.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>The beginning of its present secret, to be recognised by.</summary>
    public string Prefix { get; private set; } = "";

    /// <summary>The last four characters of its present secret.</summary>
    public string LastFour { get; private set; } = "";

    /// <summary>When its present secret was made, UTC.</summary>
    public DateTimeOffset RotatedAt { get; private set; }

    /// <summary>When it was used last, UTC; <c>null</c> until then. Written some seconds later, and no change of the record.</summary>
    public DateTimeOffset? LastUsedAt { get; private set; }

    /// <summary>Says once and for all whom it acts for and how far; neither can be changed by whoever may change keys.</summary>
    public void ActFor(Guid userId, IReadOnlyList<string> scopes) => (UserId, Scopes) = (userId, scopes);

    /// <summary>Shows another secret as the present one.</summary>
    public void Show(string prefix, string lastFour, DateTimeOffset now) => (Prefix, LastFour, RotatedAt) = (prefix, lastFour, now);
}
