using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.Identity;

namespace Crm.Application.Roles;

/// <summary>Reads one role.</summary>
/// <param name="Id">The role.</param>
/// <param name="Selection">What of it is wanted.</param>
[Requires("roles:read")]
public sealed record GetRole(Guid Id, RecordSelection Selection) : GetRecord<Role>(Id, Selection);
