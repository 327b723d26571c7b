namespace Crm.Application.Authorization;

/// <summary>Tells what a user may do at present. Answers may be up to a second old (configurable), so that a change takes effect everywhere by then.</summary>
public interface IAccessReader
{
    /// <summary>Reads a user's access to a tenant.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="userId">The user.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Role and permissions; <c>null</c> when the user has no active membership there.</returns>
    Task<MemberAccess?> ReadAsync(Guid tenantId, Guid userId, CancellationToken cancellationToken);

    /// <summary>Tells whether a user operates the host.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns><c>true</c> for an operator.</returns>
    Task<bool> IsHostOperatorAsync(Guid userId, CancellationToken cancellationToken);
}

/// <summary>What an active member of a tenant may do.</summary>
/// <param name="Role">The name of the role.</param>
/// <param name="Permissions">The role's permissions, such as <c>contacts:read</c>.</param>
public sealed record MemberAccess(string Role, IReadOnlySet<string> Permissions);
