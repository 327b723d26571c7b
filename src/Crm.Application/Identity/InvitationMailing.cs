using Crm.Application.Persistence;
using Crm.Domain.Identity;
using Microsoft.EntityFrameworkCore;

namespace Crm.Application.Identity;

/// <summary>How an invitation comes to be mailed, for the first time or again.</summary>
internal static class InvitationMailing
{
    /// <summary>Has an invitation mailed once the transaction is committed; an invitation has one link at a time.</summary>
    public static async Task MailAsync(this ICrmDatabase database, Invitation invitation, Guid tenantId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var link = await database.OneTimeLinks.FirstOrDefaultAsync(l => l.InvitationId == invitation.Id, cancellationToken);
        if (link is null)
        {
            link = new OneTimeLink { Purpose = LinkPurposes.Invitation, InvitingTenantId = tenantId, InvitationId = invitation.Id, Email = invitation.Email, CreatedAt = now };
            database.OneTimeLinks.Add(link);
        }

        link.Send(now);
    }
}
