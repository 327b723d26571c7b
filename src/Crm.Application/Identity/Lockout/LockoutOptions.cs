using System.ComponentModel.DataAnnotations;

namespace Crm.Application.Identity.Lockout;

/// <summary>When an account that is being guessed at is locked; section <c>Lockout</c> of the configuration.</summary>
[Section("Lockout")]
public sealed class LockoutOptions : IValidatableObject
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);

    // Not the property's own default: the configuration would be added to it instead of taking its place.
    private static readonly TimeSpan[] DefaultDelays =
        [TimeSpan.Zero, TimeSpan.FromSeconds(0.25), TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)];

    /// <summary>How many wrong passwords in a row lock, 1–100; 5 by default.</summary>
    [Range(1, 100)]
    public int Failures { get; init; } = 5;

    /// <summary>How long a lock lasts, and how long a wrong password is remembered: 1 second – 1 day, 15 minutes by default.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How long the first attempt since the last success waits before it is checked, the second and so on, 0–10 s each and at most 100 of
    /// them; the last counts for all that
    /// follow. When left out: 0, 0.25, 0.5, 1 and 2 seconds.
    /// </summary>
    [MaxLength(100)]
    public TimeSpan[]? Delays { get; init; }

    /// <summary>
    /// How many attempts wait at most in one process, 0–1,000,000; 1,000 by default. What comes beyond does not wait; it is counted all the
    /// same.
    /// </summary>
    [Range(0, 1_000_000)]
    public int MaxWaiting { get; init; } = 1000;

    /// <summary>How long a device is known after its last sign-in: 1–400 days, 180 by default.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "400.00:00:00")]
    public TimeSpan DeviceLifetime { get; init; } = TimeSpan.FromDays(180);

    /// <summary>How long an attempt waits.</summary>
    public TimeSpan DelayOf(int number)
    {
        var delays = Delays is { Length: > 0 } ? Delays : DefaultDelays;
        return delays[Math.Min(number, delays.Length) - 1];
    }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        (Delays ?? []).Any(d => d < TimeSpan.Zero || d > LongestDelay)
            ? [new ValidationResult("Each of the delays is between 0 and 10 seconds.", [nameof(Delays)])]
            : [];
}
