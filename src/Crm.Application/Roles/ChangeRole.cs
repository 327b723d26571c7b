using Crm.Application.Administration;
using Crm.Application.Authorization;
using Crm.Application.ChangeLog;
using Crm.Application.Messaging;
using Crm.Application.Persistence;
using Crm.Application.Records;
using Crm.Domain.Identity;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Crm.Application.Roles;

/// <summary>
/// Gives a user of the tenant another role, which every node heeds within a second. Neither the role given nor the one taken may allow more
/// than the caller's own, and a tenant keeps an active owner.
/// </summary>
/// <param name="UserId">The user.</param>
/// <param name="RoleId">The role.</param>
/// <param name="ExpectedVersion">The version of the user the client has read; <c>null</c> for any.</param>
[Requires("users:write")]
public sealed record ChangeRole(Guid UserId, Guid RoleId, int? ExpectedVersion) : ICommand<RecordDocument>, ITransactional;

internal sealed class ChangeRoleHandler(ITenantSession session, IRecordStore records, IChangeLog changes, RecordModel types, RoleRoster roster)
    : IRequestHandler<ChangeRole, RecordDocument>
{
    public async Task<RecordDocument> Handle(ChangeRole request, CancellationToken cancellationToken)
    {
        var (database, user) = (session.Database, types.Of(typeof(Member)));
        var owner = await roster.HoldAsync(cancellationToken);
        var membership = await database.Memberships.FirstOrDefaultAsync(m => m.Id == request.UserId, cancellationToken) ?? throw RecordErrors.NotFound(user);
        await membership.DemandVersionAsync(request.ExpectedVersion, records, types, cancellationToken);
        var given = await database.Roles.AsNoTracking().FirstOrDefaultAsync(r => r.Id == request.RoleId, cancellationToken) ?? throw IdentityErrors.UnknownRole("/roleId");
        var taken = await database.Roles.AsNoTracking().SingleAsync(r => r.Id == membership.RoleId, cancellationToken);
        if (given.Id != taken.Id)
        {
            await roster.DemandWithinOwnAsync(given, cancellationToken);
            await roster.DemandWithinOwnAsync(taken, cancellationToken);
            if (taken.Id == owner.Id)
                await roster.DemandAnotherOwnerAsync(membership.Id, owner, cancellationToken);
            membership.RoleId = given.Id;
            await changes.SaveAsync(cancellationToken);
        }

        return (await records.FindAsync(request.UserId, RecordSelection.Whole(user), cancellationToken))!;
    }
}
