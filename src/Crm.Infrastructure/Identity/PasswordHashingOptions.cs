using System.ComponentModel.DataAnnotations;

namespace Crm.Infrastructure.Identity;

/// <summary>How passwords are hashed; section <c>PasswordHashing</c> of the configuration.</summary>
[Section("PasswordHashing")]
public sealed class PasswordHashingOptions
{
    /// <summary>
    /// The iterations of PBKDF2-HMAC-SHA512, at least and by default 210,000. When it grows, passwords are hashed again as users sign in.
    /// </summary>
    [Range(210_000, 10_000_000)]
    public int Iterations { get; init; } = 210_000;

    /// <summary>How many passwords are hashed at a time; 0, the default, stands for the number of cores.</summary>
    [Range(0, 1024)]
    public int Concurrency { get; init; }
}
