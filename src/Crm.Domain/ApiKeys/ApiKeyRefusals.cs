namespace Crm.Domain.ApiKeys;

/// <summary>Why an API key that is known is refused. The caller is not told; the log is.</summary>
public static class ApiKeyRefusals
{
    /// <summary>It was used from an address outside of its ranges.</summary>
    public const string Address = "address";

    /// <summary>It was revoked.</summary>
    public const string Revoked = "revoked";

    /// <summary>It has expired.</summary>
    public const string Expired = "expired";

    /// <summary>The secret was replaced, and the time in which both were good is over.</summary>
    public const string Replaced = "replaced";

    /// <summary>The member it acts for is no longer an active one.</summary>
    public const string MembershipEnded = "membership_ended";
}
