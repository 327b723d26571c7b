namespace Crm.Application.Identity;

/// <summary>Hashes passwords and checks them against their hashes; costly by intent, so only a few run at a time.</summary>
public interface IPasswords
{
    /// <summary>Hashes a password with today's parameters.</summary>
    /// <param name="password">The password.</param>
    /// <param name="cancellationToken">Ends the wait for a turn.</param>
    /// <returns>The hash, with its salt and parameters.</returns>
    Task<string> HashAsync(string password, CancellationToken cancellationToken);

    /// <summary>Checks a password.</summary>
    /// <param name="hash">The hash to check against; with <c>null</c> the check fails after the time a true one takes.</param>
    /// <param name="password">The password offered.</param>
    /// <param name="cancellationToken">Ends the wait for a turn.</param>
    /// <returns>The outcome.</returns>
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
