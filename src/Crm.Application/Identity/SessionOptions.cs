using System.ComponentModel.DataAnnotations;

namespace Crm.Application.Identity;

/// <summary>How long sessions last; section <c>Sessions</c> of the configuration.</summary>
[Section("Sessions")]
public sealed class SessionOptions
{
    /// <summary>
    /// How long a session lasts without being refreshed, and so how long a refresh token is good for: 1–90 days, 14 days by default. Never
    /// less than an access
    /// token may live, so that no session ends under one.
    /// </summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "90.00:00:00")]
    public TimeSpan IdleLifetime { get; init; } = TimeSpan.FromDays(14);

    /// <summary>How long a session lasts however often it is refreshed: 1–366 days, 30 days by default.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "366.00:00:00")]
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How many live sessions a user has at most, 1–1,000; 50 by default. One more ends the one used longest ago.</summary>
    [Range(1, 1000)]
    public int MaxPerUser { get; init; } = 50;

    /// <summary>How long after its use a refresh token is still answered, with the same successor: 0–60 s, 10 s by default.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan RefreshGrace { get; init; } = TimeSpan.FromSeconds(10);
}
