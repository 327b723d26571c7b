namespace Crm.Infrastructure.Redis;

/// <summary>Names of keys. What belongs to a tenant cannot be named without it.</summary>
internal static class RedisKeys
{
    /// <summary>Names what belongs to a tenant.</summary>
    public static string OfTenant(Guid tenantId, string name) => $"t:{tenantId:N}:{name}";

    /// <summary>Names what belongs to no tenant.</summary>
    public static string OfHost(string name) => "h:" + name;
}
