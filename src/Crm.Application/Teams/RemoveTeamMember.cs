using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Persistence;
using Crm.Application.Records;
using Crm.Domain.Common;
using Crm.Domain.Identity;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Crm.Application.Teams;

/// <summary>Takes a user out of a team.</summary>
/// <param name="TeamId">The team.</param>
/// <param name="UserId">The user.</param>
[Requires("teams:write")]
public sealed record RemoveTeamMember(Guid TeamId, Guid UserId) : ICommand<Unit>, ITransactional;

internal sealed class RemoveTeamMemberHandler(ITenantSession session, IRecordStore records, RecordModel types) : IRequestHandler<RemoveTeamMember, Unit>
{
    public async Task<Unit> Handle(RemoveTeamMember request, CancellationToken cancellationToken)
    {
        await records.HoldAsync(types.Of(typeof(Team)), request.TeamId, expectedVersion: null, cancellationToken);
        var place = await session.Database.Set<TeamMember>().FirstOrDefaultAsync(p => p.TeamId == request.TeamId && p.UserId == request.UserId && p.Active, cancellationToken);
        (place ?? throw new NotFoundException("member of the team")).Active = false;
        return Unit.Value;
    }
}
