using Crm.Application.Authorization;
using Crm.Application.Persistence;
using Crm.Application.Records;
using Crm.Domain.Identity;
using Microsoft.EntityFrameworkCore;

namespace Crm.Application.Roles;

/// <summary>
/// Who has which role in the present tenant, to be changed within a transaction. Changes wait for one another where two at the same moment
/// could do together what neither may do alone.
/// </summary>
[Scoped]
internal sealed class RoleRoster(ITenantSession session, IRecordStore records, RecordModel types, ICaller caller)
{
    /// <summary>
    /// Waits until no one else changes who has which role; holds until the transaction ends. Comes before any other lock.
    /// </summary>
    public async Task<Role> HoldAsync(CancellationToken cancellationToken)
    {
        // Every tenant has this row, and it never changes.
        var owner = await session.Database.Roles.AsNoTracking().SingleAsync(r => r.BuiltIn && r.Name == BuiltInRoles.Owner, cancellationToken);
        await records.HoldAsync(types.Of(typeof(Role)), owner.Id, expectedVersion: null, cancellationToken);
        return owner;
    }

    /// <summary>Finds a role by its name that the caller may give, and holds it, so that it is not changed or deleted meanwhile.</summary>
    public async Task<Role> FindToGiveAsync(string name, CancellationToken cancellationToken)
    {
        var id = await session.Database.Roles.Where(r => r.Name == name).Select(r => (Guid?)r.Id).FirstOrDefaultAsync(cancellationToken) ?? throw IdentityErrors.UnknownRole();
        await records.HoldAsync(types.Of(typeof(Role)), id, expectedVersion: null, cancellationToken);
        var role = await session.Database.Roles.AsNoTracking().SingleAsync(r => r.Id == id, cancellationToken);
        await DemandWithinOwnAsync(role, cancellationToken);
        return role;
    }

    /// <summary>Refuses a role that allows more than the caller may do.</summary>
    public async Task DemandWithinOwnAsync(Role role, CancellationToken cancellationToken)
    {
        // The system itself has no role that would restrict it.
        var own = caller.UserId is { } me ? await RoleOfAsync(me, cancellationToken) : null;
        if (role.Exceeds(caller.Permissions, own))
            throw RoleErrors.ExceedsOwnAccess();
    }

    /// <summary>Refuses to take the role of an owner, or the membership, from the last active owner.</summary>
    public async Task DemandAnotherOwnerAsync(Guid userId, Role owner, CancellationToken cancellationToken)
    {
        if (!await session.Database.Memberships.AnyAsync(m => m.RoleId == owner.Id && m.Active && m.Id != userId, cancellationToken))
            throw RoleErrors.LastOwner();
    }

    private Task<Role?> RoleOfAsync(Guid userId, CancellationToken cancellationToken)
    {
        var database = session.Database;
        return database.Memberships.Where(m => m.Id == userId).Join(database.Roles, m => m.RoleId, r => r.Id, (_, r) => r).AsNoTracking().FirstOrDefaultAsync(cancellationToken);
    }
}
