using Crm.Domain.Common;

namespace Crm.Domain.ApiKeys;

/// <summary>
/// A secret of an API key, as a hash. It stands above tenants, since it is looked up before a tenant is known, and leads to nothing but the
/// key: what the key
/// may do is read in the tenant's name.
/// </summary>
public sealed class ApiKeySecret : IHostEntity
{
    /// <summary>The HMAC-SHA-256 of the secret under a pepper of the server's.</summary>
    public byte[] Hash { get; init; } = [];

    /// <summary>The pepper it was made with.</summary>
    public string PepperId { get; init; } = "";

    /// <summary>The tenant of the key.</summary>
    public Guid TenantId { get; init; }

    /// <summary>The key.</summary>
    public Guid ApiKeyId { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it is no longer good because another took its place, UTC; <c>null</c> for the present one.</summary>
    public DateTimeOffset? EndsAt { get; private set; }

    /// <summary>Has it end; what was to end before does so all the same.</summary>
    public void EndBy(DateTimeOffset at) => EndsAt = EndsAt is { } sooner && sooner < at ? sooner : at;
}
