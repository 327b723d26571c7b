using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.Deals;

namespace Crm.Application.Deals;

/// <summary>Lists deals by query parameters.</summary>
/// <param name="Query">The question.</param>
[Requires("deals:read")]
public sealed record ListDeals(RecordQuery Query) : ListRecords<Deal>(Query);

/// <summary>Lists deals by a query in the body.</summary>
/// <param name="Query">The question.</param>
[Requires("deals:read")]
public sealed record QueryDeals(RecordQuery Query) : ListRecords<Deal>(Query);
