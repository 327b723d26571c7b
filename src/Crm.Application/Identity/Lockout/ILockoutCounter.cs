namespace Crm.Application.Identity.Lockout;

/// <summary>
/// Counts wrong passwords, for all nodes together. An attempt is counted before its password is checked, so that neither many at once nor
/// one who hangs up gets more
/// than are allowed; a success takes the count back.
/// </summary>
public interface ILockoutCounter
{
    /// <summary>Counts an attempt.</summary>
    Task<int> BeginAsync(LockoutKey key, CancellationToken cancellationToken);

    /// <summary>Makes lasting that an attempt failed, or was not checked.</summary>
    Task KeepAsync(LockoutKey key, int number, CancellationToken cancellationToken);

    /// <summary>Forgets the attempts of one device, after a success.</summary>
    Task ClearAsync(LockoutKey key, CancellationToken cancellationToken);

    /// <summary>Forgets the attempts of all devices at an account.</summary>
    Task UnlockAsync(Guid account, CancellationToken cancellationToken);

    /// <summary>
    /// Takes one of the few times in an hour, over all tenants, that an account may be unlocked by its tenants' administrators.
    /// </summary>
    Task<bool> TakeUnlockAsync(Guid account, CancellationToken cancellationToken);

    /// <summary>Tells how an account stands.</summary>
    Task<LockoutState> ReadAsync(Guid account, CancellationToken cancellationToken);
}

/// <summary>Whose attempts are counted together.</summary>
/// <param name="Account">The user, or what stands for an address nobody has.</param>
/// <param name="Device">A known device, or the session whose user is asked for the password again; empty for all others together.</param>
public readonly record struct LockoutKey(Guid Account, Guid Device);

/// <summary>How an account stands.</summary>
/// <param name="Locked">Whether attempts are refused unseen at present: of strangers, or of one of the user's own devices.</param>
/// <param name="Until">When the last lock opens by itself, UTC; <c>null</c> when there is none.</param>
public sealed record LockoutState(bool Locked, DateTime? Until);
