using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.Identity;

namespace Crm.Application.Identity;

/// <summary>Lists invitations by query parameters.</summary>
/// <param name="Query">The question.</param>
[Requires("users:read")]
public sealed record ListInvitations(RecordQuery Query) : ListRecords<Invitation>(Query);

/// <summary>Lists invitations by a query in the body.</summary>
/// <param name="Query">The question.</param>
[Requires("users:read")]
public sealed record QueryInvitations(RecordQuery Query) : ListRecords<Invitation>(Query);

/// <summary>Reads one invitation.</summary>
/// <param name="Id">The invitation.</param>
/// <param name="Selection">What of it is wanted.</param>
[Requires("users:read")]
public sealed record GetInvitation(Guid Id, RecordSelection Selection) : GetRecord<Invitation>(Id, Selection);
