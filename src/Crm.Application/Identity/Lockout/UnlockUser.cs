using Crm.Application.Authorization;
using Crm.Application.Host;
using Crm.Application.Messaging;
using Crm.Application.MultiTenancy;
using Crm.Domain.Identity;
using MediatR;

namespace Crm.Application.Identity.Lockout;

/// <summary>
/// Unlocks the account of an active member of the tenant, whoever locked it: what was counted is forgotten for all devices, and in all the member's tenants, since an account
/// stands above them.
/// </summary>
/// <param name="Id">The user.</param>
[Requires("users:write")]
public sealed record UnlockUser(Guid Id) : ICommand<Unit>;

internal sealed class UnlockUserHandler(IMultiTenantContextAccessor tenants, IAccessReader access, ILockoutCounter counter, IHostLog log) : IRequestHandler<UnlockUser, Unit>
{
    public async Task<Unit> Handle(UnlockUser request, CancellationToken cancellationToken)
    {
        var tenantId = tenants.MultiTenantContext.TenantInfo!.TenantId;
        await access.DemandMemberAsync(tenantId, request.Id, cancellationToken);
        await counter.UnlockAsync(request.Id, cancellationToken);
        await log.AppendAsync(
            HostActions.AccountUnlocked, $"user:{request.Id}", new Dictionary<string, string> { ["tenantId"] = tenantId.ToString() }, CancellationToken.None);
        return Unit.Value;
    }
}

/// <summary>Tells whether the account of an active member of the tenant is locked.</summary>
/// <param name="Id">The user.</param>
[Requires("users:write")]
public sealed record GetLockout(Guid Id) : IQuery<LockoutState>;

internal sealed class GetLockoutHandler(IMultiTenantContextAccessor tenants, IAccessReader access, ILockoutCounter counter) : IRequestHandler<GetLockout, LockoutState>
{
    public async Task<LockoutState> Handle(GetLockout request, CancellationToken cancellationToken)
    {
        await access.DemandMemberAsync(tenants.MultiTenantContext.TenantInfo!.TenantId, request.Id, cancellationToken);
        return await counter.ReadAsync(request.Id, cancellationToken);
    }
}

/// <summary>What both have in common.</summary>
internal static class LockoutMembers
{
    /// <summary>Refuses a user who is no active member of the tenant, as if there were no such user.</summary>
    public static async Task DemandMemberAsync(this IAccessReader access, Guid tenantId, Guid userId, CancellationToken cancellationToken)
    {
        if (await access.ReadAsync(tenantId, userId, cancellationToken) is null)
            throw MembershipErrors.NotFound();
    }
}
