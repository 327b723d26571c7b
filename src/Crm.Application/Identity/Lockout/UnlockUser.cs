using Crm.Application.Administration;
using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Persistence;
using Crm.Application.Roles;
using Crm.Domain.Identity;
using MediatR;

namespace Crm.Application.Identity.Lockout;

/// <summary>
/// Unlocks the account of an active member of the tenant, whoever locked it: what was counted is forgotten for all devices, and in all the
/// member's tenants, since an account
/// stands above them. One that is not locked stays as it is, and nothing is counted. So that nobody who guesses has it unlocked again and
/// again, it is done a few times an hour at most, whichever tenants ask.
/// </summary>
/// <param name="Id">The user; none whose role has permissions that the caller lacks.</param>
[Requires("users:write")]
[NeedsSession]
public sealed record UnlockUser(Guid Id) : ICommand<Unit>;

internal sealed class UnlockUserHandler(IMediator mediator, ITenantSession session, ILockoutCounter counter, ISecurityLog log) : IRequestHandler<UnlockUser, Unit>
{
    public async Task<Unit> Handle(UnlockUser request, CancellationToken cancellationToken)
    {
        await mediator.Send(new DemandManaged(request.Id), cancellationToken);

        // What opens nothing uses up none of the few times; a count below the lock stays, or it could be taken back again and again.
        if (!(await counter.ReadAsync(request.Id, cancellationToken)).Locked)
            return Unit.Value;
        if (!await counter.TakeUnlockAsync(request.Id, cancellationToken))
            throw MembershipErrors.UnlockLimitReached();
        await counter.UnlockAsync(request.Id, cancellationToken);
        await log.AppendAsync(
            SecurityActions.AccountUnlocked, $"user:{request.Id}", new Dictionary<string, string> { [SecurityFields.TenantId] = session.Tenant.TenantId.ToString() }, CancellationToken.None);
        return Unit.Value;
    }
}

/// <summary>Tells whether the account of an active member of the tenant is locked.</summary>
/// <param name="Id">The user; none whose role has permissions that the caller lacks.</param>
[Requires("users:write")]
[NeedsSession]
public sealed record GetLockout(Guid Id) : IQuery<LockoutState>;

internal sealed class GetLockoutHandler(IMediator mediator, ILockoutCounter counter) : IRequestHandler<GetLockout, LockoutState>
{
    public async Task<LockoutState> Handle(GetLockout request, CancellationToken cancellationToken)
    {
        await mediator.Send(new DemandManaged(request.Id), cancellationToken);
        return await counter.ReadAsync(request.Id, cancellationToken);
    }
}

/// <summary>
/// Refuses a user who is no active member of the tenant, as if there were no such user, and one who may do more than the caller.
/// </summary>
[Requires("users:write")]
internal sealed record DemandManaged(Guid UserId) : IQuery<Unit>, ITransactional;

internal sealed class DemandManagedHandler(ITenantSession session, RoleRoster roster) : IRequestHandler<DemandManaged, Unit>
{
    public async Task<Unit> Handle(DemandManaged request, CancellationToken cancellationToken) =>
        (await session.Database.FindToManageAsync(request.UserId, roster, cancellationToken)).Active ? Unit.Value : throw MembershipErrors.NotFound();
}
