using System.Runtime.InteropServices;

namespace Crm.Infrastructure;

/// <summary>How much of something there was.</summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
internal interface ICount<TSelf>
    where TSelf : ICount<TSelf>
{
    /// <summary>Adds what else there was; either may be the earlier.</summary>
    TSelf Plus(TSelf more);
}

/// <summary>
/// Counts in memory until they are written. Within a lock, so that none is lost while they are taken; it is held for a few dozen
/// nanoseconds. A process that is killed loses what it counted since the last writing.
/// </summary>
/// <typeparam name="TKey">What is counted together.</typeparam>
/// <typeparam name="TCount">How much of it there was.</typeparam>
internal sealed class Counts<TKey, TCount>(int capacity, Func<TKey, int, TKey> coarser)
    where TKey : notnull
    where TCount : ICount<TCount>
{
    private readonly Lock _counting = new();
    private Dictionary<TKey, TCount> _counts = [];

    /// <summary>Adds to a count: what happened, or what could not be written.</summary>
    public void Add(TKey key, TCount more)
    {
        lock (_counting)
        {
            if (_counts.Count >= capacity && !_counts.ContainsKey(key))
                key = coarser(key, _counts.Count);
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, key, out var known);
            count = known ? count!.Plus(more) : more;
        }
    }

    /// <summary>Takes the counts, to write them; counting starts again.</summary>
    public IReadOnlyDictionary<TKey, TCount> Take()
    {
        lock (_counting)
        {
            var taken = _counts;
            _counts = [];
            return taken;
        }
    }
}
