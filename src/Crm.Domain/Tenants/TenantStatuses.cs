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
}
