using System.Globalization;

namespace Crm.Application.RateLimiting;

/// <summary>
/// So many in so long: at most <see cref="Limit"/> in any <see cref="Window"/>, however they are spread. Time is counted in slices of a
/// 60th of the
/// window, so what was used comes back a slice late at most.
/// </summary>
public sealed class LimitRule
{
    /// <summary>How many slices a window has.</summary>
    public const int Slices = 60;

    /// <summary>Makes a rule.</summary>
    public LimitRule(LimitKind kind, int limit, TimeSpan window, TimeSpan longestWait = default)
    {
        (Kind, Limit, Window) = (kind, limit, window);
        WindowMilliseconds = (long)window.TotalMilliseconds;
        SliceMilliseconds = (WindowMilliseconds + Slices - 1) / Slices;
        LongestWaitMilliseconds = (long)longestWait.TotalMilliseconds;
        Name = kind.ToString().ToLowerInvariant();
        Policy = string.Create(CultureInfo.InvariantCulture, $"\"{Name}\";q={limit};w={(long)window.TotalSeconds}");
    }

    /// <summary>What is counted.</summary>
    public LimitKind Kind { get; }

    /// <summary>How many pass in a window.</summary>
    public int Limit { get; }

    /// <summary>The window.</summary>
    public TimeSpan Window { get; }

    /// <summary>The window in milliseconds.</summary>
    public long WindowMilliseconds { get; }

    /// <summary>A slice in milliseconds.</summary>
    public long SliceMilliseconds { get; }

    /// <summary>The longest wait in milliseconds where waits double; zero where they do not.</summary>
    public long LongestWaitMilliseconds { get; }

    /// <summary>The name that clients see, such as <c>login</c>.</summary>
    public string Name { get; }

    /// <summary>The rule as an item of <c>RateLimit-Policy</c>, such as <c>"login";q=5;w=60</c>.</summary>
    public string Policy { get; }

    /// <summary>How long to wait when the limit is exceeded once more.</summary>
    public long WaitAfter(int before) => (long)Math.Min(WindowMilliseconds * Math.Pow(2, before), LongestWaitMilliseconds);
}
