using Crm.Domain.Identity;

namespace Crm.Application.Identity;

/// <summary>
/// The sessions of users: what a sign-in opens, a refresh prolongs and a sign-out ends. They stand above tenants; every write is a
/// transaction of
/// its own, and all times are the database's, so that nodes cannot disagree.
/// </summary>
public interface ISessions
{
    /// <summary>
    /// Opens a session on the device of the present request. Where a user then has more than a user may have (<c>Sessions:MaxPerUser</c>),
    /// those used longest
    /// ago end.
    /// </summary>
    Task<OpenedSession?> OpenAsync(User user, Guid? tenantId, CancellationToken cancellationToken);

    /// <summary>Revokes one session of a user, and keeps an entry of it in the log of security events.</summary>
    Task<bool> RevokeAsync(Guid userId, Guid sessionId, string reason, CancellationToken cancellationToken);

    /// <summary>Revokes all sessions of a user, or all but one, and keeps an entry of each in the log of security events.</summary>
    Task<int> RevokeAllAsync(Guid userId, Guid? exceptSessionId, string reason, CancellationToken cancellationToken);

    /// <summary>Revokes all sessions of a user for one tenant, and keeps an entry in the log of security events.</summary>
    Task<int> RevokeOfTenantAsync(Guid userId, Guid tenantId, string reason, CancellationToken cancellationToken);

    /// <summary>Lists a user's live sessions.</summary>
    Task<IReadOnlyList<LiveSession>> ListAsync(Guid userId, CancellationToken cancellationToken);
}

/// <summary>A session just opened.</summary>
/// <param name="Id">The session's id, which its access tokens carry as <c>sid</c>.</param>
/// <param name="RefreshToken">Its first refresh token.</param>
public sealed record OpenedSession(Guid Id, string RefreshToken)
{
    /// <summary>The id alone: the token must not end up in a log.</summary>
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
