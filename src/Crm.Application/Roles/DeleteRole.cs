using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Persistence;
using Crm.Application.Records;
using Crm.Domain.Identity;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Crm.Application.Roles;

/// <summary>Deletes a role that no one has, that no invitation promises, and that allows no more than the caller's own.</summary>
/// <param name="Id">The role.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
[Requires("roles:write")]
public sealed record DeleteRole(Guid Id, int? ExpectedVersion) : ICommand<Unit>, ITransactional;

internal sealed class DeleteRoleHandler(ITenantSession session, IRecordStore records, RecordModel types, RoleRoster roster) : IRequestHandler<DeleteRole, Unit>
{
    public async Task<Unit> Handle(DeleteRole request, CancellationToken cancellationToken)
    {
        var (database, type) = (session.Database, types.Of(typeof(Role)));
        await roster.HoldAsync(cancellationToken);
        await records.HoldAsync(type, request.Id, request.ExpectedVersion, cancellationToken);
        var role = await database.Roles.AsNoTracking().SingleAsync(r => r.Id == request.Id, cancellationToken);
        if (role.BuiltIn)
            throw RoleErrors.BuiltIn();
        await roster.DemandWithinOwnAsync(role, cancellationToken);

        // In this order: an invitation that is accepted between the two is found as the membership it became.
        if (await database.Invitations.AnyAsync(i => i.RoleId == request.Id && i.AcceptedAt == null, cancellationToken)
            || await database.Memberships.AnyAsync(m => m.RoleId == request.Id, cancellationToken))
        {
            throw RoleErrors.InUse();
        }

        await records.DeleteAsync(type, request.Id, expectedVersion: null, cancellationToken);
        return Unit.Value;
    }
}
