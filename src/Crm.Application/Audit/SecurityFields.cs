namespace Crm.Application.Audit;

/// <summary>The fields of a security event that the log itself heeds; what else an event tells is its own.</summary>
public static class SecurityFields
{
    /// <summary>The tenant whose log the event goes to, where that is not the present one.</summary>
    public const string TenantId = "tenantId";

    /// <summary>The session the event is about: that of the caller, where the caller has none yet.</summary>
    public const string SessionId = "sessionId";
}
