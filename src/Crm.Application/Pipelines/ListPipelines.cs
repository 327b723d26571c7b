using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.Pipelines;

namespace Crm.Application.Pipelines;

/// <summary>Lists pipelines by query parameters.</summary>
/// <param name="Query">The question.</param>
[Requires("pipelines:read")]
public sealed record ListPipelines(RecordQuery Query) : ListRecords<Pipeline>(Query);

/// <summary>Lists pipelines by a query in the body.</summary>
/// <param name="Query">The question.</param>
[Requires("pipelines:read")]
public sealed record QueryPipelines(RecordQuery Query) : ListRecords<Pipeline>(Query);
