namespace Crm.Domain.Tenants;

/// <summary>Whether a tenant may be used.</summary>
public static class TenantStatuses
{
    /// <summary>In use.</summary>
    public const string Active = "active";

    /// <summary>Closed for the time being: nobody signs in and every token is refused.</summary>
    public const string Suspended = "suspended";
}
