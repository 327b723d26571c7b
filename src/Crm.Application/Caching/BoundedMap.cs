using System.Collections.Concurrent;

namespace Crm.Application.Caching;

/// <summary>
/// A concurrent dictionary that never holds more than about its capacity. It keeps two generations: new entries and those in use are in the
/// young one; when that is half the capacity it becomes the old one, and what was old and unused is forgotten. No clocks, no lists, no
/// locks to read.
/// </summary>
/// <typeparam name="TKey">What entries are found by.</typeparam>
/// <typeparam name="TValue">What is kept.</typeparam>
public sealed class BoundedMap<TKey, TValue>(int capacity)
    where TKey : notnull
{
    private readonly int _generationSize = Math.Max(1, capacity / 2);
    private readonly Lock _turning = new();
    private Generations _generations = new(new(), new());
    private int _youngCount;

    private sealed record Generations(ConcurrentDictionary<TKey, TValue> Young, ConcurrentDictionary<TKey, TValue> Old);

    /// <summary>Finds an entry and keeps it young.</summary>
    public bool TryGet(TKey key, out TValue value)
    {
        var generations = Volatile.Read(ref _generations);
        if (generations.Young.TryGetValue(key, out value!))
            return true;
        if (!generations.Old.TryGetValue(key, out value!))
            return false;
        Set(key, value);
        return true;
    }

    /// <summary>Adds or replaces an entry.</summary>
    public void Set(TKey key, TValue value)
    {
        var young = Volatile.Read(ref _generations).Young;
        if (!young.TryAdd(key, value))
            young[key] = value;
        else if (Interlocked.Increment(ref _youngCount) >= _generationSize)
            Turn();
    }

    /// <summary>Finds an entry and keeps it young, or adds it: whoever asks for one at the same time gets the same.</summary>
    public TValue GetOrAdd(TKey key, Func<TKey, TValue> make)
    {
        if (Volatile.Read(ref _generations).Young.TryGetValue(key, out var value))
            return value;
        lock (_turning)
        {
            if (!TryGet(key, out value!))
                Set(key, value = make(key));
            return value;
        }
    }

    private void Turn()
    {
        lock (_turning)
        {
            if (Volatile.Read(ref _youngCount) < _generationSize)
                return;
            Volatile.Write(ref _generations, new Generations(new(), _generations.Young));
            Volatile.Write(ref _youngCount, 0);
        }
    }
}
