namespace Crm.Application.Identity;

/// <summary>Hashes passwords and checks them against their hashes; costly by intent, so only a few run at a time.</summary>
public interface IPasswords
{
    /// <summary>Hashes a password with today's parameters.</summary>
    Task<string> HashAsync(string password, CancellationToken cancellationToken);

    /// <summary>Checks a password.</summary>
    Task<PasswordCheck> CheckAsync(string? hash, string password, CancellationToken cancellationToken);
}

/// <summary>The outcome of checking a password.</summary>
public enum PasswordCheck
{
    /// <summary>It is not the password.</summary>
    Wrong,

    /// <summary>It is the password.</summary>
    Right,

    /// <summary>It is the password, but the hash was made with weaker parameters than today's and should be made anew.</summary>
    RightButOutdated,
}
