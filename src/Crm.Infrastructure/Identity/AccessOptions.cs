using System.ComponentModel.DataAnnotations;

namespace Crm.Infrastructure.Identity;

/// <summary>How long a node relies on what it knows of a user's access; section <c>Access</c> of the configuration.</summary>
[Section("Access")]
public sealed class AccessOptions
{
    /// <summary>How old role and permissions may be: as long as a change of role takes effect at most, 0–60 s; 1 s by default.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan CacheFor { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many members a node remembers at most.</summary>
    [Range(2, 1_000_000)]
    public int CacheCapacity { get; init; } = 20_000;
}
