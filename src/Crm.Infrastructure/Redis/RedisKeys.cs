namespace Crm.Infrastructure.Redis;

/// <summary>Names of keys. What belongs to a tenant cannot be named without it.</summary>
internal static class RedisKeys
{
    /// <summary>Names what belongs to a tenant.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="name">The name within the tenant.</param>
    /// <returns><c>t:{tenant}:{name}</c>.</returns>
    public static string OfTenant(Guid tenantId, string name) => $"t:{tenantId:N}:{name}";

    /// <summary>Names what belongs to no tenant.</summary>
    /// <param name="name">The name.</param>
    /// <returns><c>h:{name}</c>.</returns>
    public static string OfHost(string name) => "h:" + name;
}
