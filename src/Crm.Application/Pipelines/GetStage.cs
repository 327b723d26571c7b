using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.Pipelines;

namespace Crm.Application.Pipelines;

/// <summary>Reads one stage.</summary>
/// <param name="Id">The stage.</param>
/// <param name="Selection">What of it is wanted.</param>
[Requires("pipelines:read")]
public sealed record GetStage(Guid Id, RecordSelection Selection) : GetRecord<Stage>(Id, Selection);
