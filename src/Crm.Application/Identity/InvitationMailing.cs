using Crm.Application.Persistence;
using Crm.Domain.Identity;
using Microsoft.EntityFrameworkCore;

namespace Crm.Application.Identity;

/// <summary>How an invitation comes to be mailed, for the first time or again.</summary>
internal static class InvitationMailing
{
    /// <summary>Has an invitation mailed once the transaction is committed; an invitation has one link at a time.</summary>
    /// <exception cref="Crm.Domain.Common.ConflictException">The tenant had mails sent to the address too often, by this invitation or
    /// others.</exception>
    public static async Task MailAsync(this ICrmDatabase database, Invitation invitation, Guid tenantId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var email = invitation.Email.ToLowerInvariant();
        var mails = await database.OneTimeLinks.Where(l => l.InvitingTenantId == tenantId && EF.Property<string>(l, "EmailLower") == email).Select(l => l.AskedAt).ToListAsync(cancellationToken);
        if (Invitation.IsMailedTooOften([.. mails.SelectMany(asked => asked)], now))
            throw IdentityErrors.MailedTooOften();

        var link = await database.OneTimeLinks.FirstOrDefaultAsync(l => l.InvitationId == invitation.Id, cancellationToken);
        if (link is null)
        {
            link = new OneTimeLink { Purpose = LinkPurposes.Invitation, InvitingTenantId = tenantId, InvitationId = invitation.Id, Email = invitation.Email, CreatedAt = now };
            database.OneTimeLinks.Add(link);
        }

        link.Send(now);
    }
}
