using Crm.Application.Caching;
using Crm.Infrastructure.Persistence;

namespace Crm.Infrastructure.Caching;

/// <summary>
/// Keeps what was loaded for a moment, so that a busy node asks the database once per lifetime and key rather than once per request. Those
/// who
/// ask while it is being loaded wait for the same answer. "Nothing" and failures are not kept.
/// </summary>
internal sealed class ShortLivedCache<TKey, TValue>(int capacity, TimeSpan lifetime, TimeProvider time)
    where TKey : notnull
    where TValue : class
{
    // A load serves everyone who waits for it, so none of them may cancel it; this bounds it instead.
    private static readonly TimeSpan LoadTimeout = TimeSpan.FromSeconds(10);

    private readonly BoundedMap<TKey, Entry> _entries = new(capacity);

    /// <summary>Gives the value of a key, loading it when it is not at hand or older than the lifetime.</summary>
    public Task<TValue?> GetAsync(TKey key, Func<TKey, CancellationToken, Task<TValue?>> load, CancellationToken cancellationToken)
    {
        if (_entries.TryGet(key, out var entry) && time.GetElapsedTime(entry.AskedAt) < lifetime && entry.MayServe)
            return entry.Value.WaitAsync(cancellationToken);

        // The age counts from before the load: what changes while it runs is seen one lifetime after the change at the latest.
        var fresh = new Entry(time.GetTimestamp(), new(() => LoadAsync(key, load)));
        _entries.Set(key, fresh);
        return fresh.Value.WaitAsync(cancellationToken);
    }

    private static async Task<TValue?> LoadAsync(TKey key, Func<TKey, CancellationToken, Task<TValue?>> load)
    {
        using var timeout = new CancellationTokenSource(LoadTimeout);
        try
        {
            return await load(key, timeout.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            // Nobody gave up; the database is too slow.
            throw DatabaseErrors.Unavailable();
        }
    }

    private sealed class Entry(long askedAt, Lazy<Task<TValue?>> load)
    {
        public long AskedAt { get; } = askedAt;

        public Task<TValue?> Value => load.Value;

        public bool MayServe => !Value.IsCompleted || (Value.IsCompletedSuccessfully && Value.Result is not null);
    }
}
