using Crm.Domain.Identity;

namespace Crm.Application.Identity;

/// <summary>The users, who stand above tenants. Every write is a transaction of its own.</summary>
public interface IUserDirectory
{
    /// <summary>Finds a user by e-mail address.</summary>
    /// <param name="email">The address, in any case.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The user, or <c>null</c>.</returns>
    Task<User?> FindByEmailAsync(string email, CancellationToken cancellationToken);

    /// <summary>Finds a user by id.</summary>
    /// <param name="id">The user's id.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The user, or <c>null</c>.</returns>
    Task<User?> FindAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Adds a user.</summary>
    /// <param name="user">The user.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>Whether the user was added; <c>false</c> when the e-mail address is taken.</returns>
    Task<bool> AddAsync(User user, CancellationToken cancellationToken);

    /// <summary>Gives a user a new password. The one until now is remembered, and links by which it could be reset are no longer good.</summary>
    /// <param name="id">The user's id.</param>
    /// <param name="hash">The hash of the new password.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>A task that ends when the password is lasting.</returns>
    Task SetPasswordHashAsync(Guid id, string hash, CancellationToken cancellationToken);

    /// <summary>Replaces the hash of a password by one of the same password, made with today's parameters.</summary>
    /// <param name="id">The user's id.</param>
    /// <param name="hash">The new hash.</param>
    /// <param name="outdated">The hash that must still be the present one, so that a password set meanwhile is not undone.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>A task that ends when the hash is lasting.</returns>
    Task RehashPasswordAsync(Guid id, string hash, string outdated, CancellationToken cancellationToken);

    /// <summary>Tells what a stranger would try first as a user's password.</summary>
    /// <param name="id">The user's id; <c>null</c> finds nobody.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The user as the owner of a password, or <c>null</c>.</returns>
    Task<PasswordOwner?> DescribeAsync(Guid? id, CancellationToken cancellationToken);

    /// <summary>Lists the hashes of a user's last passwords, the present one first.</summary>
    /// <param name="id">The user's id.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>At most <see cref="PasswordPolicy.Remembered"/>.</returns>
    Task<IReadOnlyList<string>> ListPasswordHashesAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Replaces a user's e-mail address.</summary>
    /// <param name="id">The user's id.</param>
    /// <param name="email">The new address.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>Whether it was replaced; <c>false</c> when another user has it.</returns>
    Task<bool> SetEmailAsync(Guid id, string email, CancellationToken cancellationToken);

    /// <summary>Makes a user an operator of the host.</summary>
    /// <param name="id">The user's id.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>A task that ends when the change is lasting.</returns>
    Task MakeHostOperatorAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Lists a user's active memberships, those in suspended tenants too.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>At most 1,000, in the order of the tenants' identifiers.</returns>
    Task<IReadOnlyList<UserMembership>> ListMembershipsAsync(Guid userId, CancellationToken cancellationToken);
}

/// <summary>A user's membership in a tenant, as the user sees it.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="Identifier">The tenant's short name.</param>
/// <param name="TenantName">The tenant's name.</param>
/// <param name="TenantStatus">One of <see cref="Domain.Tenants.TenantStatuses"/>.</param>
/// <param name="Role">The name of the user's role there.</param>
public sealed record UserMembership(Guid TenantId, string Identifier, string TenantName, string TenantStatus, string Role);
