using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Persistence;
using Crm.Application.Records;
using Crm.Domain.Identity;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Crm.Application.Teams;

/// <summary>Lists the users in a team, which needs the permission to read teams too.</summary>
/// <param name="TeamId">The team.</param>
/// <param name="Query">The question to the users. A cursor is good while the team has the same members.</param>
[Requires("users:read")]
public sealed record ListTeamMembers(Guid TeamId, RecordQuery Query) : IQuery<RecordPage>, ITransactional;

internal sealed class ListTeamMembersHandler(ITenantSession session, IRecordStore records, RecordModel types, ICaller caller) : IRequestHandler<ListTeamMembers, RecordPage>
{
    public async Task<RecordPage> Handle(ListTeamMembers request, CancellationToken cancellationToken)
    {
        var (team, query) = (types.Of(typeof(Team)), request.Query);
        AccessRules.Demand(caller, team.ReadPermission);
        _ = await records.FindAsync(request.TeamId, RecordSelection.Whole(team), cancellationToken) ?? throw RecordErrors.NotFound(team);
        var users = await session.Database.Set<TeamMember>().Where(p => p.TeamId == request.TeamId && p.Active).Select(p => p.UserId).Order().ToListAsync(cancellationToken);
        var inTeam = new Condition(new FieldPath([], query.Type.Field("id")!), FilterOperator.In, [.. users]);
        return await records.ListAsync(query with { Filter = query.Filter is { } asked ? new AllOf([asked, inTeam]) : inTeam }, cancellationToken);
    }
}
