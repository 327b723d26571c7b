namespace Crm.Application.RateLimiting;

/// <summary>
/// How many requests all users of a tenant may make together. Asked for every request, so it answers from memory but for one request a
/// second and tenant.
/// </summary>
public interface ITenantCeilings
{
    /// <summary>The ceiling of a tenant, as it is at present.</summary>
    ValueTask<LimitRule?> OfAsync(Guid tenantId, CancellationToken cancellationToken);
}
