using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.Pipelines;

namespace Crm.Application.Pipelines;

/// <summary>Lists stages by query parameters.</summary>
/// <param name="Query">The question.</param>
[Requires("pipelines:read")]
public sealed record ListStages(RecordQuery Query) : ListRecords<Stage>(Query);

/// <summary>Lists stages by a query in the body.</summary>
/// <param name="Query">The question.</param>
[Requires("pipelines:read")]
public sealed record QueryStages(RecordQuery Query) : ListRecords<Stage>(Query);
