namespace Crm.Application.Caching;

/// <summary>Keeps answers for a while. Keys carry their tenant in front, so that no tenant can be served another's.</summary>
public interface ICache
{
    /// <summary>Serves an answer from the cache, or makes it; several who ask at once wait for one making.</summary>
    /// <typeparam name="T">The answer.</typeparam>
    Task<T> GetOrCreateAsync<T>(string key, TimeSpan lifetime, Func<Task<T>> make, CancellationToken cancellationToken);

    /// <summary>Forgets an answer.</summary>
    Task RemoveAsync(string key, CancellationToken cancellationToken);
}
