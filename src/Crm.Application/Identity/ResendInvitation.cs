using Crm.Application.Authorization;
using Crm.Application.ChangeLog;
using Crm.Application.Messaging;
using Crm.Application.Persistence;
using Crm.Application.Records;
using Crm.Application.Roles;
using Crm.Domain.Common;
using Crm.Domain.Identity;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Crm.Application.Identity;

/// <summary>Mails an invitation again, with a new link and a whole lifetime; the link mailed before is no longer good.</summary>
/// <param name="Id">The invitation.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
[Requires("users:write")]
public sealed record ResendInvitation(Guid Id, int? ExpectedVersion) : ICommand<RecordDocument>, ITransactional;

internal sealed class ResendInvitationHandler(
    ITenantSession session, RoleRoster roster, IChangeLog changes, IRecordStore records, RecordModel types, TimeProvider time) : IRequestHandler<ResendInvitation, RecordDocument>
{
    public async Task<RecordDocument> Handle(ResendInvitation request, CancellationToken cancellationToken)
    {
        var type = types.Of(typeof(Invitation));
        var invitation = await session.Database.Invitations.FirstOrDefaultAsync(i => i.Id == request.Id, cancellationToken) ?? throw RecordErrors.NotFound(type);
        if (request.ExpectedVersion is { } expected && expected != invitation.Version)
            throw new StaleVersionException(await records.FindAsync(invitation.Id, RecordSelection.Whole(type), cancellationToken));
        if (invitation.AcceptedAt is not null)
            throw IdentityErrors.AlreadyMember();

        // To renew it is to invite again.
        await roster.DemandWithinOwnAsync(await session.Database.Roles.AsNoTracking().SingleAsync(r => r.Id == invitation.RoleId, cancellationToken), cancellationToken);
        var now = time.GetUtcNow();
        invitation.Renew(now);
        await session.Database.MailAsync(invitation, session.Tenant.TenantId, now, cancellationToken);
        await changes.SaveAsync(cancellationToken);
        return (await records.FindAsync(invitation.Id, RecordSelection.Whole(type), cancellationToken))!;
    }
}
