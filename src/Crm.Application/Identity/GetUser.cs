using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.Identity;

namespace Crm.Application.Identity;

/// <summary>Reads one user.</summary>
/// <param name="Id">The user.</param>
/// <param name="Selection">What of it is wanted.</param>
[Requires("users:read")]
public sealed record GetUser(Guid Id, RecordSelection Selection) : GetRecord<Member>(Id, Selection);
