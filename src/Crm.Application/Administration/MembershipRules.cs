using Crm.Application.Persistence;
using Crm.Application.Records;
using Crm.Application.Roles;
using Crm.Domain.Common;
using Crm.Domain.Identity;
using Crm.Domain.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Crm.Application.Administration;

/// <summary>What all demand that change who is an active member.</summary>
internal static class MembershipRules
{
    /// <summary>Finds a membership that the caller may put out of use or in use again.</summary>
    /// <exception cref="NotFoundException">The tenant has no such user.</exception>
    /// <exception cref="ForbiddenException">The user may do what the caller may not.</exception>
    public static async Task<Membership> FindToManageAsync(this ICrmDatabase database, Guid userId, RoleRoster roster, CancellationToken cancellationToken)
    {
        var membership = await database.Memberships.FirstOrDefaultAsync(m => m.Id == userId, cancellationToken) ?? throw MembershipErrors.NotFound();
        await roster.DemandWithinOwnAsync(await database.Roles.AsNoTracking().SingleAsync(r => r.Id == membership.RoleId, cancellationToken), cancellationToken);
        return membership;
    }

    /// <summary>Refuses a change that is meant for another version of the user.</summary>
    /// <exception cref="StaleVersionException">It has another version; the exception carries the user as it is.</exception>
    public static async Task DemandVersionAsync(this Membership membership, int? expected, IRecordStore records, RecordModel types, CancellationToken cancellationToken)
    {
        if (expected is { } version && version != membership.Version)
            throw new StaleVersionException(await records.FindAsync(membership.Id, RecordSelection.Whole(types.Of(typeof(Member))), cancellationToken));
    }

    /// <summary>
    /// Refuses one more active member than the tenant may have. Those who come at the same time are counted one after the other; costs
    /// nothing without a limit.
    /// </summary>
    /// <exception cref="ConflictException">There is no room.</exception>
    public static async Task DemandRoomForUserAsync(this ITenantSession session, IMembershipLock gate, CancellationToken cancellationToken)
    {
        if (session.Tenant.Limits.Users is not { } limit)
            return;
        await gate.HoldAsync(cancellationToken);
        var used = await session.Database.Memberships.CountAsync(m => m.Active, cancellationToken);
        if (used >= limit)
            throw TenantErrors.PlanLimitReached("users", limit, used);
    }
}
