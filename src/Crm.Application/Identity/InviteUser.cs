using Crm.Application.Administration;
using Crm.Application.Authorization;
using Crm.Application.Bodies;
using Crm.Application.ChangeLog;
using Crm.Application.Messaging;
using Crm.Application.Persistence;
using Crm.Application.Records;
using Crm.Application.Roles;
using Crm.Domain.Identity;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Crm.Application.Identity;

/// <summary>
/// Invites a person to become a member of the tenant; a link is mailed by which the person accepts. Whether the person has an account
/// is not told. An invitation that has expired is offered anew.
/// </summary>
/// <param name="Email">The e-mail address of the person.</param>
/// <param name="Name">The name the person begins with.</param>
/// <param name="Role">The name of the role, such as <c>member</c>; it may not allow more than the caller's own.</param>
[Requires("users:write")]
public sealed record InviteUser(string Email, string Name, string Role) : ICommand<RecordDocument>, ITransactional;

internal sealed class InviteUserValidator : RequestValidator<InviteUser>
{
    public InviteUserValidator()
    {
        Member("/email", r => r.Email).MustBeMailable();
        Member("/name", r => r.Name).MustBeName();
        Member("/role", r => r.Role).MustBeGiven();
    }
}

internal sealed class InviteUserHandler(
    ITenantSession session, IMembershipLock gate, ICaller caller, IChangeLog changes, IRecordStore records, RecordModel types, RoleRoster roster, TimeProvider time)
    : IRequestHandler<InviteUser, RecordDocument>
{
    public async Task<RecordDocument> Handle(InviteUser request, CancellationToken cancellationToken)
    {
        var database = session.Database;
        var now = time.GetUtcNow();
        var role = await roster.FindToGiveAsync(request.Role, cancellationToken);
        var email = request.Email.ToLowerInvariant();
        if (await database.Members.AnyAsync(m => EF.Property<string>(m, "EmailLower") == email, cancellationToken))
            throw IdentityErrors.AlreadyMember();

        var invitation = await database.Invitations.FirstOrDefaultAsync(
            i => EF.Property<string>(i, "EmailLower") == email && i.AcceptedAt == null, cancellationToken);
        if (invitation is not null && invitation.IsPending(now))
            throw IdentityErrors.AlreadyInvited();
        if (invitation is null)
            database.Invitations.Add(invitation = new Invitation { Email = request.Email });

        await session.DemandRoomForUserAsync(gate, cancellationToken);
        invitation.Offer(request.Name, role.Id, caller.UserId, now);
        await database.MailAsync(invitation, session.Tenant.TenantId, now, cancellationToken);
        await changes.SaveAsync(cancellationToken);
        return (await records.FindAsync(invitation.Id, RecordSelection.Whole(types.Of(typeof(Invitation))), cancellationToken))!;
    }
}
