namespace Crm.Domain.Tenants;

/// <summary>How much a tenant may have. What is <c>null</c> has no limit.</summary>
/// <param name="Users">How many active users at most, 1 or more.</param>
/// <param name="Records">How many records at most, those in the trash included, 0 or more.</param>
/// <param name="RequestsPerMinute">How many requests of all its users in a minute, 1 or more; <c>null</c> for as many as any tenant may
/// make.</param>
/// <param name="ApiKeys">How many API keys that are not revoked at most, 0 or more.</param>
public sealed record TenantLimits(int? Users = null, long? Records = null, int? RequestsPerMinute = null, int? ApiKeys = null)
{
    /// <summary>No limit at all.</summary>
    public static TenantLimits None { get; } = new();

    /// <summary>These limits, with others in place of those that the others set.</summary>
    public TenantLimits With(TenantLimits others) =>
        new(others.Users ?? Users, others.Records ?? Records, others.RequestsPerMinute ?? RequestsPerMinute, others.ApiKeys ?? ApiKeys);
}
