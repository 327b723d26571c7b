using Crm.Domain.Identity;

namespace Crm.Application.Identity;

/// <summary>
/// The sessions of users: what a sign-in opens, a refresh prolongs and a sign-out ends. They stand above tenants; every write is a transaction of
/// its own, and all times are the database's, so that nodes cannot disagree.
/// </summary>
public interface ISessions
{
    /// <summary>
    /// Opens a session on the device of the present request. Where a user then has more than a user may have (<c>Sessions:MaxPerUser</c>), those used longest
    /// ago end.
    /// </summary>
    /// <param name="user">The user as the password was checked: when it has been changed since, no session is opened.</param>
    /// <param name="tenantId">The tenant it is for; <c>null</c> for the host.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The session with its first refresh token; <c>null</c> when the user's password is no longer the one that was checked.</returns>
    Task<OpenedSession?> OpenAsync(User user, Guid? tenantId, CancellationToken cancellationToken);

    /// <summary>Revokes one session of a user, and keeps an entry of it in the log of security events.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="sessionId">The session.</param>
    /// <param name="reason">Why; one of <see cref="SessionEndings"/>.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>Whether there was such a live session of this user's.</returns>
    Task<bool> RevokeAsync(Guid userId, Guid sessionId, string reason, CancellationToken cancellationToken);

    /// <summary>Revokes all sessions of a user, or all but one, and keeps an entry of each in the log of security events.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="exceptSessionId">The session that stays; <c>null</c> for none.</param>
    /// <param name="reason">Why; one of <see cref="SessionEndings"/>.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>How many sessions were revoked.</returns>
    Task<int> RevokeAllAsync(Guid userId, Guid? exceptSessionId, string reason, CancellationToken cancellationToken);

    /// <summary>Revokes all sessions of a user for one tenant, and keeps an entry in the log of security events.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="reason">Why; one of <see cref="SessionEndings"/>.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>How many sessions were revoked.</returns>
    Task<int> RevokeOfTenantAsync(Guid userId, Guid tenantId, string reason, CancellationToken cancellationToken);

    /// <summary>Lists a user's live sessions.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>At most 200, those used last first.</returns>
    Task<IReadOnlyList<LiveSession>> ListAsync(Guid userId, CancellationToken cancellationToken);
}

/// <summary>A session just opened.</summary>
/// <param name="Id">The session's id, which its access tokens carry as <c>sid</c>.</param>
/// <param name="RefreshToken">Its first refresh token.</param>
public sealed record OpenedSession(Guid Id, string RefreshToken)
{
    /// <summary>The id alone: the token must not end up in a log.</summary>
    /// <returns>The id of the session.</returns>
    public override string ToString() => $"{nameof(OpenedSession)} {Id}";
}

/// <summary>A session that can be used.</summary>
/// <param name="Id">The session.</param>
/// <param name="TenantId">The tenant it is for; <c>null</c> for the host.</param>
/// <param name="CreatedAt">When the user signed in, UTC.</param>
/// <param name="LastUsedAt">When it was opened or refreshed last, UTC.</param>
/// <param name="EndsAt">When it ends unless it is refreshed before, UTC.</param>
/// <param name="UserAgent">What the device said of itself last, at most 256 characters; <c>null</c> when it said nothing.</param>
/// <param name="IpAddress">The address it was used from last; <c>null</c> when not known.</param>
public sealed record LiveSession(Guid Id, Guid? TenantId, DateTime CreatedAt, DateTime LastUsedAt, DateTime EndsAt, string? UserAgent, string? IpAddress);
