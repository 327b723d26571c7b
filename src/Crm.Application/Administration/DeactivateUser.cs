using System.Text.Json;
using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.ChangeLog;
using Crm.Application.Identity;
using Crm.Application.Jobs;
using Crm.Application.Messaging;
using Crm.Application.Persistence;
using Crm.Application.Records;
using Crm.Application.Roles;
using Crm.Domain.Identity;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Crm.Application.Administration;

/// <summary>
/// Deactivates a user of the tenant: its sessions for this tenant end, its access tokens and keys are refused within a second. The records
/// it owns can be handed over,
/// by a job. May be repeated: who is inactive stays so, and records are handed over all the same.
/// </summary>
/// <param name="Id">The user; not the caller, not the last active owner, and none whose role has permissions that the caller lacks.</param>
/// <param name="ReassignTo">The active user who gets the records; <c>null</c> to leave them where they are. Needs read and write of all
/// records, whoever gets them.</param>
/// <param name="ExpectedVersion">The version of the user the client has read; <c>null</c> for any.</param>
[Requires("users:write")]
public sealed record DeactivateUser(Guid Id, Guid? ReassignTo, int? ExpectedVersion) : ICommand<UserStanding>;

/// <summary>What is to become of the records of a user who is deactivated.</summary>
/// <param name="ReassignTo">The active user who gets them; left out to leave them where they are.</param>
public sealed record Deactivation(Guid? ReassignTo = null);

/// <summary>Whether a user may use the tenant.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Active">Whether it may.</param>
/// <param name="ReassignmentJobId">The job that hands the user's records over; null when there is nothing to hand over.</param>
public sealed record UserStanding(Guid UserId, bool Active, Guid? ReassignmentJobId);

internal sealed class DeactivateUserHandler(IMediator mediator, ITenantSession session, ISessions sessions, ISecurityLog log, ICaller caller)
    : IRequestHandler<DeactivateUser, UserStanding>
{
    public async Task<UserStanding> Handle(DeactivateUser request, CancellationToken cancellationToken)
    {
        if (request.Id == caller.UserId)
            throw MembershipErrors.Own();
        var standing = await mediator.Send(new EndMembership(request.Id, request.ReassignTo, request.ExpectedVersion), cancellationToken);

        // The membership has ended: a client that goes away now does not keep its sessions open.
        var tenantId = session.Tenant.TenantId;
        await sessions.RevokeOfTenantAsync(request.Id, tenantId, SessionEndings.Deactivated, CancellationToken.None);
        var fields = new Dictionary<string, string> { [SecurityFields.TenantId] = tenantId.ToString() };
        if (request.ReassignTo is { } heir)
            fields["reassignTo"] = heir.ToString();
        await log.AppendAsync(SecurityActions.UserDeactivated, $"user:{request.Id}", fields, CancellationToken.None);
        return standing;
    }
}

/// <summary>The part of a deactivation that happens within the tenant, as a whole or not at all.</summary>
[Requires("users:write")]
internal sealed record EndMembership(Guid UserId, Guid? ReassignTo, int? ExpectedVersion) : ICommand<UserStanding>, ITransactional;

internal sealed class EndMembershipHandler(
    ITenantSession session, RoleRoster roster, IRecordStore records, RecordModel types, IReassignment reassignment, IJobStore jobs, IChangeLog changes, ICaller caller)
    : IRequestHandler<EndMembership, UserStanding>
{
    public async Task<UserStanding> Handle(EndMembership request, CancellationToken cancellationToken)
    {
        if (request.ReassignTo is not null)
            caller.DemandHandOver();

        // Two who deactivate the last two owners at the same time go one after the other.
        var owner = await roster.HoldAsync(cancellationToken);
        var database = session.Database;
        var membership = await database.FindToManageAsync(request.UserId, roster, cancellationToken);
        await membership.DemandVersionAsync(request.ExpectedVersion, records, types, cancellationToken);
        if (request.ReassignTo is { } heir && (heir == request.UserId || !await database.Memberships.AnyAsync(m => m.Id == heir && m.Active, cancellationToken)))
            throw MembershipErrors.UnknownHeir();
        if (membership.Active && membership.RoleId == owner.Id)
            await roster.DemandAnotherOwnerAsync(membership.Id, owner, cancellationToken);

        membership.Active = false;
        return new UserStanding(request.UserId, Active: false, await HandOverAsync(request, cancellationToken));
    }

    private async Task<Guid?> HandOverAsync(EndMembership request, CancellationToken cancellationToken)
    {
        if (request.ReassignTo is not { } heir || await reassignment.CountAsync(request.UserId, cancellationToken) == 0)
            return null;

        // Written now, so that the changes to come can name the one that causes them.
        await changes.SaveAsync(cancellationToken);
        var cause = await reassignment.FindDeactivationAsync(request.UserId, cancellationToken);
        var job = new NewJob(Guid.CreateVersion7(), ReassignmentRunner.Type, JsonSerializer.Serialize(new ReassignmentPayload(request.UserId, heir, cause)));
        return (await jobs.EnqueueAsync(job, cancellationToken)).Id;
    }
}
