using Crm.Domain.Common;

namespace Crm.Domain.Identity;

/// <summary>
/// A tenant's wish that a person become its member. The person alone makes it come true, by the link that was mailed: nobody else
/// decides about their account. Revoked by putting it in the trash.
/// </summary>
public sealed class Invitation : Record
{
    /// <summary>How long an invitation can be accepted.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    /// <summary>The e-mail address of the person.</summary>
    public string Email { get; init; } = "";

    /// <summary>The name the person begins with, unless they have one or choose another.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The role the person is to have.</summary>
    public Guid RoleId { get; private set; }

    /// <summary>When it can no longer be accepted, UTC.</summary>
    public DateTimeOffset ExpiresAt { get; private set; }

    /// <summary>When the person accepted it, UTC; <c>null</c> until then.</summary>
    public DateTimeOffset? AcceptedAt { get; private set; }

    /// <summary>Says, or says anew, what is offered.</summary>
    /// <param name="name">The name the person begins with.</param>
    /// <param name="roleId">The role.</param>
    /// <param name="inviterId">Who invites; <c>null</c> for the system.</param>
    /// <param name="now">The time.</param>
    public void Offer(string name, Guid roleId, Guid? inviterId, DateTimeOffset now)
    {
        (Name, RoleId, OwnerId) = (name, roleId, inviterId);
        Renew(now);
    }

    /// <summary>Lets it be accepted for a whole lifetime again.</summary>
    /// <param name="now">The time.</param>
    public void Renew(DateTimeOffset now) => ExpiresAt = now + Lifetime;

    /// <summary>Whether it can be accepted.</summary>
    /// <param name="now">The time.</param>
    /// <returns><c>true</c> while it is neither accepted nor expired.</returns>
    public bool IsPending(DateTimeOffset now) => AcceptedAt is null && now < ExpiresAt;

    /// <summary>Notes that the person accepted.</summary>
    /// <param name="now">The time.</param>
    public void Accept(DateTimeOffset now) => AcceptedAt = now;
}
