using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Identity;
using Crm.Application.Messaging;
using Crm.Application.Persistence;
using Crm.Application.Records;
using Crm.Application.Roles;
using Crm.Domain.Identity;
using MediatR;

namespace Crm.Application.Administration;

/// <summary>Lets a deactivated user use the tenant again, after a new sign-in. Does nothing to one who is active.</summary>
/// <param name="Id">The user; none whose role has permissions that the caller lacks.</param>
/// <param name="ExpectedVersion">The version of the user the client has read; <c>null</c> for any.</param>
[Requires("users:write")]
public sealed record ActivateUser(Guid Id, int? ExpectedVersion) : ICommand<UserStanding>;

internal sealed class ActivateUserHandler(IMediator mediator, ITenantSession session, ISessions sessions, ISecurityLog log) : IRequestHandler<ActivateUser, UserStanding>
{
    public async Task<UserStanding> Handle(ActivateUser request, CancellationToken cancellationToken)
    {
        var tenantId = session.Tenant.TenantId;
        if (!await mediator.Send(new ResumeMembership(request.Id, request.ExpectedVersion, Really: false), cancellationToken))
            return new UserStanding(request.Id, Active: true, null);

        // A deactivation that was cut off may have left sessions, which are not to come to life again.
        await sessions.RevokeOfTenantAsync(request.Id, tenantId, SessionEndings.Deactivated, cancellationToken);
        await mediator.Send(new ResumeMembership(request.Id, request.ExpectedVersion, Really: true), cancellationToken);
        await log.AppendAsync(SecurityActions.UserActivated, $"user:{request.Id}", new Dictionary<string, string> { [SecurityFields.TenantId] = tenantId.ToString() }, CancellationToken.None);
        return new UserStanding(request.Id, Active: true, null);
    }
}

/// <summary>
/// The part of an activation that happens within the tenant: whether it is possible and needed, and the activation itself.
/// </summary>
/// <param name="UserId">The user.</param>
/// <param name="ExpectedVersion">The version of the user the client has read; <c>null</c> for any.</param>
/// <param name="Really">Whether to do it, and not only to look.</param>
[Requires("users:write")]
internal sealed record ResumeMembership(Guid UserId, int? ExpectedVersion, bool Really) : ICommand<bool>, ITransactional;

internal sealed class ResumeMembershipHandler(ITenantSession session, IMembershipLock gate, RoleRoster roster, IRecordStore records, RecordModel types)
    : IRequestHandler<ResumeMembership, bool>
{
    public async Task<bool> Handle(ResumeMembership request, CancellationToken cancellationToken)
    {
        var membership = await session.Database.FindToManageAsync(request.UserId, roster, cancellationToken);
        await membership.DemandVersionAsync(request.ExpectedVersion, records, types, cancellationToken);
        if (membership.Active)
            return false;
        await session.DemandRoomForUserAsync(gate, cancellationToken);
        membership.Active = request.Really;
        return true;
    }
}
