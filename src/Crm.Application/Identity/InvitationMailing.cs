using Crm.Application.Persistence;
using Crm.Domain.Identity;
using Microsoft.EntityFrameworkCore;

namespace Crm.Application.Identity;

/// <summary>What several commands do with a tenant's invitations.</summary>
internal static class TenantRoster
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
