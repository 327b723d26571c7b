namespace Crm.Domain.Tenants;

/// <summary>
/// What a tenant's own admins decide. What concerns security can be stricter than the host's rules and never less strict.
/// </summary>
public sealed record TenantSettings
{
    /// <summary>The time zone of people who have chosen none, a name of the IANA time zone database.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>The language and region of people who have chosen none, such as <c>en-US</c> (BCP 47).</summary>
    public string Locale { get; init; } = "en-US";

    /// <summary>Whether changes of a record must name the version they are meant for.</summary>
    public bool RequireIfMatch { get; init; }

    /// <summary>The fewest characters of a member's password; <c>null</c> for as many as the host demands.</summary>
    public int? PasswordMinLength { get; init; }

    /// <summary>Whether passwords must be mixed also where the host does not demand it.</summary>
    public bool PasswordRequireMixture { get; init; }

    /// <summary>How many days a session lasts without being refreshed; <c>null</c> for as long as the host lets it.</summary>
    public int? SessionIdleDays { get; init; }

    /// <summary>How many days a session lasts however often it is refreshed; <c>null</c> for as long as the host lets it.</summary>
    public int? SessionLifetimeDays { get; init; }
}
