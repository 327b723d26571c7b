namespace Crm.Application.Messaging;

/// <summary>Marks a query whose answer may be served from the cache.</summary>
public interface ICachedQuery
{
    /// <summary>The key within the tenant; the tenant and the request's name are put in front of it.</summary>
    string CacheKey { get; }

    /// <summary>How long an answer may be served.</summary>
    TimeSpan CacheFor { get; }
}
