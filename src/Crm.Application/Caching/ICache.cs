namespace Crm.Application.Caching;

/// <summary>Keeps answers for a while. Keys carry their tenant in front, so that no tenant can be served another's.</summary>
public interface ICache
{
    /// <summary>Serves an answer from the cache, or makes it; several who ask at once wait for one making.</summary>
    /// <typeparam name="T">The answer.</typeparam>
    /// <param name="key">The key, tenant included.</param>
    /// <param name="lifetime">How long it may be served.</param>
    /// <param name="make">Makes the answer.</param>
    /// <param name="cancellationToken">Ends the wait of this caller; the making goes on for the others.</param>
    /// <returns>The answer.</returns>
    Task<T> GetOrCreateAsync<T>(string key, TimeSpan lifetime, Func<Task<T>> make, CancellationToken cancellationToken);

    /// <summary>Forgets an answer.</summary>
    /// <param name="key">The key, tenant included.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>A task that ends when it is forgotten.</returns>
    Task RemoveAsync(string key, CancellationToken cancellationToken);
}
