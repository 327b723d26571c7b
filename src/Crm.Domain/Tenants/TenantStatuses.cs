namespace Crm.Domain.Tenants;

/// <summary>Whether a tenant may be used.</summary>
public static class TenantStatuses
{
    /// <summary>Being furnished with what every tenant begins with; nobody can use it yet.</summary>
    public const string Preparing = "preparing";

    /// <summary>In use.</summary>
    public const string Active = "active";

    /// <summary>Closed for the time being: nobody signs in and every token is refused.</summary>
    public const string Suspended = "suspended";

    /// <summary>Closed as a suspended one, and to be removed when its time of grace is over; can be restored until then.</summary>
    public const string Deleting = "deleting";

    /// <summary>Being removed, row by row; cannot be restored.</summary>
    public const string Purging = "purging";
}
