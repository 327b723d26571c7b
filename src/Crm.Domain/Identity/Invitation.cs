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

    /// <summary>How many mails a tenant may have sent to one address within a day.</summary>
    public const int MostMailsADay = 5;

    /// <summary>How long after a mail a tenant may have the next one sent to the same address.</summary>
    public static readonly TimeSpan BetweenMails = TimeSpan.FromMinutes(1);

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
    public void Offer(string name, Guid roleId, Guid? inviterId, DateTimeOffset now)
    {
        (Name, RoleId, OwnerId) = (name, roleId, inviterId);
        Renew(now);
    }

    /// <summary>Lets it be accepted for a whole lifetime again.</summary>
    public void Renew(DateTimeOffset now) => ExpiresAt = now + Lifetime;

    /// <summary>Whether it can be accepted.</summary>
    public bool IsPending(DateTimeOffset now) => AcceptedAt is null && now < ExpiresAt;

    /// <summary>Whether another mail would be too many: a tenant that invites must not fill a stranger's mailbox.</summary>
    public static bool IsMailedTooOften(IReadOnlyCollection<DateTimeOffset> mails, DateTimeOffset now) =>
        mails.Any(at => at > now - BetweenMails) || mails.Count(at => at > now.AddDays(-1)) >= MostMailsADay;

    /// <summary>Notes that the person accepted.</summary>
    public void Accept(DateTimeOffset now) => AcceptedAt = now;
}
