using Crm.Domain.Identity;

namespace Crm.Application.Identity;

/// <summary>The users, who stand above tenants. Every write is a transaction of its own.</summary>
public interface IUserDirectory
{
    /// <summary>Finds a user by e-mail address.</summary>
    Task<User?> FindByEmailAsync(string email, CancellationToken cancellationToken);

    /// <summary>Finds a user by id.</summary>
    Task<User?> FindAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Adds a user.</summary>
    Task<bool> AddAsync(User user, CancellationToken cancellationToken);

    /// <summary>
    /// Gives a user a new password. The one until now is remembered, and links by which it could be reset are no longer good.
    /// </summary>
    Task SetPasswordHashAsync(Guid id, string hash, CancellationToken cancellationToken);

    /// <summary>Replaces the hash of a password by one of the same password, made with today's parameters.</summary>
    Task RehashPasswordAsync(Guid id, string hash, string outdated, CancellationToken cancellationToken);

    /// <summary>Tells what a stranger would try first as a user's password.</summary>
    Task<PasswordOwner?> DescribeAsync(Guid? id, CancellationToken cancellationToken);

    /// <summary>Lists the hashes of a user's last passwords, the present one first.</summary>
    Task<IReadOnlyList<string>> ListPasswordHashesAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Replaces a user's e-mail address.</summary>
    Task<bool> SetEmailAsync(Guid id, string email, CancellationToken cancellationToken);

    /// <summary>Makes a user an operator of the host.</summary>
    Task MakeHostOperatorAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Lists a user's active memberships, those in suspended tenants too.</summary>
    Task<IReadOnlyList<UserMembership>> ListMembershipsAsync(Guid userId, CancellationToken cancellationToken);
}

/// <summary>A user's membership in a tenant, as the user sees it.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="Identifier">The tenant's short name.</param>
/// <param name="TenantName">The tenant's name.</param>
/// <param name="TenantStatus">One of <see cref="Domain.Tenants.TenantStatuses"/>.</param>
/// <param name="Role">The name of the user's role there.</param>
public sealed record UserMembership(Guid TenantId, string Identifier, string TenantName, string TenantStatus, string Role);
