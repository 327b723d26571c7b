using Crm.Application.MultiTenancy;

namespace Crm.Application.Caching;

/// <summary>How keys of the cache are made: <c>t:{tenant}:{request}:{key}</c>.</summary>
internal static class CacheKeys
{
    public static string For(CrmTenantInfo tenant, Type query, string key) => $"t:{tenant.Id}:{query.Name}:{key}";
}
