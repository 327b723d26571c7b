using Crm.Application.RateLimiting;

namespace Crm.Infrastructure.RateLimiting;

/// <summary>One count of this node; its user holds <see cref="Gate"/>. Needs as much memory for a million as for one.</summary>
internal sealed class LocalCounter
{
    // One more than a window has, for the slice that has left it by a part.
    private readonly int[] _slices = new int[LimitRule.Slices + 1];
    private long _oldest;
    private int _used;
    private int _exceeded;
    private long _waitUntil;
    private long _forgetAt;

    /// <summary>Held while the count is looked at and changed.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Looks whether one more may pass, and lets the wait grow where it may not.</summary>
    public long Look(LimitRule rule, long now)
    {
        Forget(rule, now);
        if (_waitUntil > now)
            return _waitUntil - now;
        if (_used < rule.Limit)
            return 0;
        if (rule.LongestWaitMilliseconds == 0)
            return ResetAfter(rule, now);

        if (now >= _forgetAt)
            _exceeded = 0;
        var wait = rule.WaitAfter(_exceeded++);
        _waitUntil = now + wait;
        _forgetAt = _waitUntil + rule.LongestWaitMilliseconds;

        // The wait is a window or more: whoever has waited begins anew.
        Clear(now / rule.SliceMilliseconds);
        return wait;
    }

    /// <summary>Counts one that passes; only after <see cref="Look"/> for the same time.</summary>
    public void Add(LimitRule rule, long now)
    {
        _slices[now / rule.SliceMilliseconds % _slices.Length]++;
        _used++;
    }

    /// <summary>Writes down how the count stands; only after <see cref="Look"/> for the same time.</summary>
    public void Tell(ref LimitUse use, long now)
    {
        use.Remaining = use.WaitMilliseconds > 0 ? 0 : Math.Max(0, use.Rule.Limit - _used);
        use.ResetMilliseconds = use.WaitMilliseconds > 0 ? use.WaitMilliseconds : ResetAfter(use.Rule, now);
    }

    /// <summary>Takes over how the count stands elsewhere, as if all of it had been used just now.</summary>
    public void Learn(in LimitUse use, long now)
    {
        Clear(now / use.Rule.SliceMilliseconds);
        if (use.Rule.LongestWaitMilliseconds > 0 && use.WaitMilliseconds > 0)
        {
            _waitUntil = now + use.WaitMilliseconds;
            return;
        }

        _used = (int)(use.Rule.Limit - use.Remaining);
        _slices[_oldest % _slices.Length] = _used;
    }

    private void Clear(long present)
    {
        Array.Clear(_slices);
        _used = 0;
        _oldest = present;
    }

    // Moves on to the oldest slice in which something was used, and which is still in the window.
    private void Forget(LimitRule rule, long now)
    {
        var present = now / rule.SliceMilliseconds;
        var first = (now - rule.WindowMilliseconds) / rule.SliceMilliseconds;
        while (_used > 0 && (_oldest < first || _slices[_oldest % _slices.Length] == 0))
        {
            _used -= _slices[_oldest % _slices.Length];
            _slices[_oldest % _slices.Length] = 0;
            _oldest++;
        }

        if (_used == 0)
            _oldest = present;
    }

    private long ResetAfter(LimitRule rule, long now) => ((_oldest + 1) * rule.SliceMilliseconds) + rule.WindowMilliseconds - now;
}
