using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Pipelines;
using Crm.Application.Records;
using Crm.Domain.Deals;
using Crm.Domain.Pipelines;
using MediatR;

namespace Crm.Application.Deals;

/// <summary>
/// Creates a deal in the stage named, or in the first open stage of the pipeline named, or in the tenant's first open stage.
/// </summary>
/// <param name="Input">Its fields.</param>
[Requires("deals:write")]
public sealed record CreateDeal(RecordInput<Deal> Input) : ICommand<RecordDocument>;

internal sealed class CreateDealHandler(IMediator mediator, IRecordStore records, TimeProvider clock) : IRequestHandler<CreateDeal, RecordDocument>
{
    public async Task<RecordDocument> Handle(CreateDeal request, CancellationToken cancellationToken)
    {
        var stage = StageToBeginIn(await mediator.Send(new GetStageCatalog(), cancellationToken), request.Input);
        var deal = new Deal { Id = request.Input.Id };
        var begun = deal.Open(stage, clock.GetUtcNow());

        // Behind the stage, so that a probability that was sent wins over the stage's.
        request.Input.ApplyTo(deal);
        deal.DemandProbabilityOfStage();
        return await records.CreateAsync(deal, cancellationToken, begun);
    }

    private static Stage StageToBeginIn(StageCatalog stages, RecordInput<Deal> input)
    {
        var pipelineId = input.TryGet(d => d.PipelineId, out var sent) ? sent : (Guid?)null;
        if (!input.TryGet(d => d.StageId, out var stageId))
            return stages.First(pipelineId) ?? throw DealErrors.NoStageToBeginIn();

        var stage = stages.Find(stageId) ?? throw DealErrors.UnknownStage();
        return pipelineId is null || stage.PipelineId == pipelineId ? stage : throw DealErrors.StageOfOtherPipeline();
    }
}
