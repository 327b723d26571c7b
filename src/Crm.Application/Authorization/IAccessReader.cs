namespace Crm.Application.Authorization;

/// <summary>
/// Tells what a user may do at present. Answers may be up to a second old (configurable), so that a change takes effect everywhere by then.
/// </summary>
public interface IAccessReader
{
    /// <summary>Reads a user's access to a tenant.</summary>
    Task<MemberAccess?> ReadAsync(Guid tenantId, Guid userId, CancellationToken cancellationToken);

    /// <summary>
    /// Reads what a session allows: whether it is live, and its user's access to its tenant or to the host. One question to the database.
    /// </summary>
    Task<SessionAccess> ReadSessionAsync(Guid sessionId, Guid userId, Guid? tenantId, CancellationToken cancellationToken);
}

/// <summary>What a session allows at present.</summary>
/// <param name="IsLive">Whether the session is this user's for this tenant, and was neither revoked nor has come to its end.</param>
/// <param name="Member">What the user may do in the tenant; <c>null</c> without an active membership, and for the host.</param>
/// <param name="IsHostOperator">Whether the session is for the host and the user operates it.</param>
public sealed record SessionAccess(bool IsLive, MemberAccess? Member, bool IsHostOperator);

/// <summary>What an active member of a tenant may do.</summary>
/// <param name="Role">The name of the role.</param>
/// <param name="Permissions">The role's permissions, such as <c>contacts:read</c>.</param>
public sealed record MemberAccess(string Role, IReadOnlySet<string> Permissions)
{
    /// <summary>Which records the permissions cover, and which of their fields; all unless the role says otherwise.</summary>
    public RecordGrants Grants { get; init; } = RecordGrants.Full;
}
