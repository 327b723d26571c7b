using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Persistence;
using Crm.Application.Records;
using Crm.Application.Roles;
using Crm.Domain.Identity;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Crm.Application.Teams;

/// <summary>Puts a user in a team; one who is in it already stays, so that the request can be repeated.</summary>
/// <param name="TeamId">The team.</param>
/// <param name="UserId">The user, a member of the tenant.</param>
[Requires("teams:write")]
public sealed record AddTeamMember(Guid TeamId, Guid UserId) : ICommand<Unit>, ITransactional;

internal sealed class AddTeamMemberHandler(ITenantSession session, IRecordStore records, RecordModel types, RoleRoster roster, ICaller caller) : IRequestHandler<AddTeamMember, Unit>
{
    public async Task<Unit> Handle(AddTeamMember request, CancellationToken cancellationToken)
    {
        caller.DemandAllRecords();
        var (database, places) = (session.Database, session.Database.Set<TeamMember>());

        // Both limits are counted, so nobody may add at the same moment.
        await roster.HoldAsync(cancellationToken);
        await records.HoldAsync(types.Of(typeof(Team)), request.TeamId, expectedVersion: null, cancellationToken);
        if (!await database.Memberships.AnyAsync(m => m.Id == request.UserId, cancellationToken))
            throw RecordErrors.NotFound(types.Of(typeof(Member)));

        var place = await places.FirstOrDefaultAsync(p => p.TeamId == request.TeamId && p.UserId == request.UserId, cancellationToken);
        if (place is { Active: true })
            return Unit.Value;
        if (await places.CountAsync(p => p.TeamId == request.TeamId && p.Active, cancellationToken) >= Team.MaxMembers)
            throw TeamErrors.Full();
        if (await places.CountAsync(p => p.UserId == request.UserId && p.Active && database.Set<Team>().Any(t => t.Id == p.TeamId), cancellationToken) >= Team.MaxPerUser)
            throw TeamErrors.TooMany();

        if (place is null)
            places.Add(new TeamMember { TeamId = request.TeamId, UserId = request.UserId });
        else
            place.Active = true;
        return Unit.Value;
    }
}
