using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.Identity;

namespace Crm.Application.Teams;

/// <summary>Lists teams by query parameters.</summary>
/// <param name="Query">The question.</param>
[Requires("teams:read")]
public sealed record ListTeams(RecordQuery Query) : ListRecords<Team>(Query);

/// <summary>Lists teams by a query in the body.</summary>
/// <param name="Query">The question.</param>
[Requires("teams:read")]
public sealed record QueryTeams(RecordQuery Query) : ListRecords<Team>(Query);
