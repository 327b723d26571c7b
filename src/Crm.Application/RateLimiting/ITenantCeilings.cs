namespace Crm.Application.RateLimiting;

/// <summary>How many requests all users of a tenant may make together. Asked for every request, so it answers from memory.</summary>
public interface ITenantCeilings
{
    /// <summary>The ceiling of a tenant.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <returns>The rule; <c>null</c> for no ceiling.</returns>
    LimitRule? Of(Guid tenantId);
}
