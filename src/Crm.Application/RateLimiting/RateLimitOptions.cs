using System.ComponentModel.DataAnnotations;
using Crm.Application.Messaging.Pipeline;

namespace Crm.Application.RateLimiting;

/// <summary>Which limits there are to begin with.</summary>
public enum RateLimitProfile
{
    /// <summary>For a system among people who know each other.</summary>
    Default,

    /// <summary>
    /// For one that is exposed: 100 requests of an address in 15 minutes over all, and 5 attempts to sign in in 15 minutes.
    /// </summary>
    Strict,
}

/// <summary>One limit, as far as it is configured.</summary>
public sealed class LimitSettings
{
    /// <summary>Whether there is such a limit.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How many pass in a window, 1 or more; the profile's when left out.</summary>
    public int? Limit { get; set; }

    /// <summary>The window in whole seconds, a day at most; the profile's when left out.</summary>
    public TimeSpan? Window { get; set; }
}

/// <summary>How often the API may be called; section <c>RateLimits</c> of the configuration.</summary>
[Section("RateLimits")]
public sealed class RateLimitOptions : IValidatableObject
{
    /// <summary>The meter under which refusals are measured, that of requests.</summary>
    public const string MeterName = RequestMetrics.MeterName;

    /// <summary>Whether there are limits at all.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Which limits there are where nothing else is said.</summary>
    public RateLimitProfile Profile { get; set; }

    /// <summary>Requests of an address over all classes; none by default, 100 in 15 minutes in the strict profile.</summary>
    public LimitSettings Address { get; set; } = new();

    /// <summary>Requests of an address that nobody is signed in for; 60 in a minute.</summary>
    public LimitSettings Public { get; set; } = new();

    /// <summary>Attempts of an address for an account; 5 in a minute, in the strict profile in 15 minutes.</summary>
    public LimitSettings Login { get; set; } = new();

    /// <summary>Requests of a user; 300 in a minute.</summary>
    public LimitSettings Authenticated { get; set; } = new();

    /// <summary>Administrative requests of a user; 1,000 in a minute.</summary>
    public LimitSettings Admin { get; set; } = new();

    /// <summary>Attempts of a user to pay; 10 in an hour.</summary>
    public LimitSettings Payment { get; set; } = new();

    /// <summary>Requests of a user to an AI provider; 10 in a minute.</summary>
    public LimitSettings Ai { get; set; } = new();

    /// <summary>Requests of all users of a tenant, where its plan says nothing; 6,000 in a minute.</summary>
    public LimitSettings Tenant { get; set; } = new();

    /// <summary>
    /// How often the wait after too many attempts to sign in doubles, beginning with the window, 0–10; 4 times unless set.
    /// </summary>
    [Range(0, 10)]
    public int LoginDoublings { get; set; } = 4;

    /// <summary>
    /// How many counts a node keeps in memory at most, 1,000–10,000,000; of those in use least lately the rest are forgotten.
    /// </summary>
    [Range(1_000, 10_000_000)]
    public int LocalCapacity { get; set; } = 100_000;

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (kind, settings) in All())
        {
            if (settings.Limit < 1)
                yield return new ValidationResult($"RateLimits:{kind}:Limit is to be 1 or more; Enabled=false switches the limit off.", [kind.ToString()]);
            if (settings.Window is { } window && (window < TimeSpan.FromSeconds(1) || window > TimeSpan.FromDays(1) || window.Ticks % TimeSpan.TicksPerSecond != 0))
                yield return new ValidationResult($"RateLimits:{kind}:Window is to be whole seconds, a day at most.", [kind.ToString()]);
        }
    }

    /// <summary>Every limit with its kind.</summary>
    internal IEnumerable<(LimitKind Kind, LimitSettings Settings)> All() =>
    [
        (LimitKind.Address, Address),
        (LimitKind.Public, Public),
        (LimitKind.Login, Login),
        (LimitKind.Authenticated, Authenticated),
        (LimitKind.Admin, Admin),
        (LimitKind.Payment, Payment),
        (LimitKind.Ai, Ai),
        (LimitKind.Tenant, Tenant),
    ];
}
