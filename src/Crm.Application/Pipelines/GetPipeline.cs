using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.Pipelines;

namespace Crm.Application.Pipelines;

/// <summary>Reads one pipeline.</summary>
/// <param name="Id">The pipeline.</param>
/// <param name="Selection">What of it is wanted.</param>
[Requires("pipelines:read")]
public sealed record GetPipeline(Guid Id, RecordSelection Selection) : GetRecord<Pipeline>(Id, Selection);
