namespace Crm.Infrastructure.Redis;

/// <summary>Remembers that Redis is away, so that an outage costs one call a wait now and then, and all others nothing.</summary>
internal sealed class RedisCircuit(TimeProvider time, TimeSpan rest)
{
    private const long Closed = long.MinValue;

    private readonly long _rest = (long)(rest.TotalSeconds * time.TimestampFrequency);
    private long _nextTry = Closed;

    /// <summary>Whether Redis is away and is being left alone.</summary>
    public bool IsResting => Volatile.Read(ref _nextTry) is var next && next != Closed && time.GetTimestamp() < next;

    /// <summary>Asks to call Redis. When its rest is over one call may, and the others wait for how that one ends.</summary>
    public bool TryEnter()
    {
        var next = Volatile.Read(ref _nextTry);
        if (next == Closed)
            return true;
        var now = time.GetTimestamp();
        return now >= next && Interlocked.CompareExchange(ref _nextTry, now + _rest, next) == next;
    }

    /// <summary>Redis answered.</summary>
    public bool Succeeded() => Volatile.Read(ref _nextTry) != Closed && Interlocked.Exchange(ref _nextTry, Closed) != Closed;

    /// <summary>Redis failed.</summary>
    public bool Failed() => Interlocked.Exchange(ref _nextTry, time.GetTimestamp() + _rest) == Closed;
}
