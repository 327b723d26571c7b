using Crm.Domain.Common;

namespace Crm.Domain.Identity;

/// <summary>
/// A secret that is mailed to a person and lets them do one thing once. The secret is made when the mail is sent and kept as a hash, so
/// that nothing in the database opens anything.
/// </summary>
public sealed class OneTimeLink : IHostEntity
{
    /// <summary>The identity, a UUIDv7.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>What it is good for; one of <see cref="LinkPurposes"/>.</summary>
    public string Purpose { get; init; } = "";

    /// <summary>The user it is about; <c>null</c> for an invitation, whose person may not be a user yet.</summary>
    public Guid? UserId { get; init; }

    /// <summary>The tenant of an invitation; <c>null</c> otherwise.</summary>
    public Guid? InvitingTenantId { get; init; }

    /// <summary>The invitation; <c>null</c> otherwise.</summary>
    public Guid? InvitationId { get; init; }

    /// <summary>Where the mail goes, and whose mailbox the link proves.</summary>
    public string Email { get; init; } = "";

    /// <summary>When it was asked for, UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the mail is to be sent, UTC; <c>null</c> when it was, or was given up.</summary>
    public DateTimeOffset? DueAt { get; private set; }

    /// <summary>How often it was tried to send the mail.</summary>
    public int Attempts { get; private set; }

    /// <summary>When it is no longer good, UTC; <c>null</c> until it is sent.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was used, UTC; <c>null</c> until then.</summary>
    public DateTimeOffset? UsedAt { get; private set; }

    /// <summary>When it was asked for the mail within the last day, UTC.</summary>
    public IReadOnlyList<DateTimeOffset> AskedAt { get; private set; } = [];

    /// <summary>Has the mail sent, perhaps again; a secret that was mailed before is no longer good once the new one is.</summary>
    public void Send(DateTimeOffset now) => (DueAt, Attempts, UsedAt, AskedAt) = (now, 0, null, [.. AskedAt.Where(at => at > now.AddDays(-1)), now]);
}

/// <summary>What one-time links are good for.</summary>
public static class LinkPurposes
{
    /// <summary>To become a member of the tenant that invites.</summary>
    public const string Invitation = "invitation";

    /// <summary>To set a new password.</summary>
    public const string PasswordReset = "password_reset";

    /// <summary>To prove that a new e-mail address is one's own.</summary>
    public const string EmailChange = "email_change";

    /// <summary>How long a link is good for once it is mailed.</summary>
    public static TimeSpan LifetimeOf(string purpose) => purpose == Invitation ? Identity.Invitation.Lifetime : TimeSpan.FromMinutes(30);
}
