using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.Identity;

namespace Crm.Application.Identity;

/// <summary>Lists users by query parameters.</summary>
/// <param name="Query">The question.</param>
[Requires("users:read")]
public sealed record ListUsers(RecordQuery Query) : ListRecords<Member>(Query);

/// <summary>Lists users by a query in the body.</summary>
/// <param name="Query">The question.</param>
[Requires("users:read")]
public sealed record QueryUsers(RecordQuery Query) : ListRecords<Member>(Query);
