using Crm.Domain.Identity;

namespace Crm.Application.Identity;

/// <summary>
/// What is written above tenants when a person becomes a member, in the transaction of the tenant's session: link, account and membership come about together
/// or not at all.
/// </summary>
public interface IInvitationDesk
{
    /// <summary>Uses a link up and sees to it that whoever it was mailed to has an account. Of several who try at once, one succeeds.</summary>
    /// <param name="linkId">The link.</param>
    /// <param name="newcomer">The account to begin where the e-mail address has none; of one that exists only a missing password is filled in.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The account there is now, without the hash of its password; <c>null</c> when the link is no longer good.</returns>
    Task<User?> AdmitAsync(Guid linkId, User newcomer, CancellationToken cancellationToken);

    /// <summary>Sees to it that a person has an account, without a link. Of several who add the same person at once the first has.</summary>
    /// <param name="newcomer">The account to begin where the e-mail address has none; one that exists stays as it is.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The account there is now, without the hash of its password.</returns>
    Task<User> EnrolAsync(User newcomer, CancellationToken cancellationToken);
}
