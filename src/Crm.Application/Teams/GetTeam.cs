using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.Identity;

namespace Crm.Application.Teams;

/// <summary>Reads one team.</summary>
/// <param name="Id">The team.</param>
/// <param name="Selection">What of it is wanted.</param>
[Requires("teams:read")]
public sealed record GetTeam(Guid Id, RecordSelection Selection) : GetRecord<Team>(Id, Selection);
