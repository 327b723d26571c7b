using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Records;
using Crm.Domain.Common;
using Crm.Domain.Pipelines;
using MediatR;

namespace Crm.Application.Pipelines;

/// <summary>Adds a stage to a pipeline.</summary>
/// <param name="Input">Its fields.</param>
[Requires("pipelines:write")]
public sealed record CreateStage(RecordInput<Stage> Input) : ICommand<RecordDocument>, IInvalidates
{
    /// <inheritdoc />
    public IEnumerable<(Type Query, string CacheKey)> Invalidates => GetStageCatalog.Stale;
}

internal sealed class CreateStageHandler(IRecordStore records) : IRequestHandler<CreateStage, RecordDocument>
{
    public Task<RecordDocument> Handle(CreateStage request, CancellationToken cancellationToken)
    {
        var stage = new Stage { Id = request.Input.Id };
        request.Input.ApplyTo(stage);
        var probability = StageKinds.Probability(stage.Kind, stage.Probability);
        if (request.Input.TryGet(s => s.Probability, out var sent) && sent != probability)
            throw new InvalidException([StageErrors.FixedProbability]);
        stage.Probability = probability;
        return records.CreateAsync(stage, cancellationToken);
    }
}
