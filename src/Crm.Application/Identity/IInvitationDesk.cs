using Crm.Domain.Identity;

namespace Crm.Application.Identity;

/// <summary>
/// What is written above tenants when a person becomes a member, in the transaction of the tenant's session: link, account and membership
/// come about together
/// or not at all.
/// </summary>
public interface IInvitationDesk
{
    /// <summary>
    /// Uses a link up and sees to it that whoever it was mailed to has an account. Of several who try at once, one succeeds.
    /// </summary>
    Task<User?> AdmitAsync(Guid linkId, User newcomer, CancellationToken cancellationToken);

    /// <summary>
    /// Sees to it that a person has an account, without a link. Of several who add the same person at once the first has.
    /// </summary>
    Task<User> EnrolAsync(User newcomer, CancellationToken cancellationToken);
}
