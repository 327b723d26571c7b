using System.Collections.Concurrent;
using Crm.Application.Caching;

namespace Crm.Infrastructure.Caching;

/// <summary>
/// A cache in this process. Several who ask for the same answer at once wait for one making. Bounded: when it is full, what has expired
/// goes first, then everything.
/// </summary>
[Singleton]
internal sealed class InProcessCache(TimeProvider clock) : ICache
{
    private const int MaxEntries = 50_000;
    private readonly ConcurrentDictionary<string, Entry> _entries = new();

    public async Task<T> GetOrCreateAsync<T>(string key, TimeSpan lifetime, Func<Task<T>> make, CancellationToken cancellationToken)
    {
        while (true)
        {
            var now = clock.GetTimestamp();
            if (_entries.TryGetValue(key, out var found) && clock.GetElapsedTime(found.Made, now) < found.Lifetime)
            {
                try
                {
                    return await Answer<T>(key, found).WaitAsync(cancellationToken);
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    // The one who was making the answer went away; this caller makes it instead.
                    continue;
                }
            }

            Trim(now);
            var entry = new Entry(now, lifetime, new Lazy<Task<object?>>(async () => await make()));
            var added = found is null ? _entries.TryAdd(key, entry) : _entries.TryUpdate(key, entry, found);
            if (added)
                return await Answer<T>(key, entry).WaitAsync(cancellationToken);
        }
    }

    public Task RemoveAsync(string key, CancellationToken cancellationToken)
    {
        _entries.TryRemove(key, out _);
        return Task.CompletedTask;
    }

    private async Task<T> Answer<T>(string key, Entry entry)
    {
        try
        {
            return (T)(await entry.Value.Value)!;
        }
        catch
        {
            // A failure is told to those who waited for it and not kept.
            _entries.TryRemove(new KeyValuePair<string, Entry>(key, entry));
            throw;
        }
    }

    private void Trim(long now)
    {
        if (_entries.Count < MaxEntries)
            return;
        foreach (var (key, entry) in _entries)
        {
            if (clock.GetElapsedTime(entry.Made, now) >= entry.Lifetime)
                _entries.TryRemove(new KeyValuePair<string, Entry>(key, entry));
        }

        if (_entries.Count >= MaxEntries)
            _entries.Clear();
    }

    private sealed record Entry(long Made, TimeSpan Lifetime, Lazy<Task<object?>> Value);
}
