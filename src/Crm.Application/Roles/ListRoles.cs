using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.Identity;

namespace Crm.Application.Roles;

/// <summary>Lists roles by query parameters.</summary>
/// <param name="Query">The question.</param>
[Requires("roles:read")]
public sealed record ListRoles(RecordQuery Query) : ListRecords<Role>(Query);

/// <summary>Lists roles by a query in the body.</summary>
/// <param name="Query">The question.</param>
[Requires("roles:read")]
public sealed record QueryRoles(RecordQuery Query) : ListRecords<Role>(Query);
