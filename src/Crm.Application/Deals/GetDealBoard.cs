using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Pipelines;
using Crm.Application.Records;
using Crm.Application.Reports;
using Crm.Domain.Common;
using Crm.Domain.Deals;
using Crm.Domain.Pipelines;
using MediatR;

namespace Crm.Application.Deals;

/// <summary>Reads a board: a column for each stage of a pipeline, with count, amounts and the first cards.</summary>
/// <param name="PipelineId">The pipeline; <c>null</c> for the tenant's first.</param>
/// <param name="StageId">One stage, to read further cards of it; <c>null</c> for all.</param>
/// <param name="Query">Filter, selection, limit per column and, with a stage, the cursor.</param>
[Requires("deals:read")]
public sealed record GetDealBoard(Guid? PipelineId, Guid? StageId, RecordQuery Query) : IQuery<IReadOnlyList<BoardColumn>>;

/// <summary>One column of a board.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Count">How many deals stand in it.</param>
/// <param name="Amounts">What they are worth, one sum for each currency; none for a caller whose role hides amounts.</param>
/// <param name="Cards">The cards of this page.</param>
public sealed record BoardColumn(Stage Stage, long Count, IReadOnlyList<MoneyTotal> Amounts, RecordPage Cards);

internal sealed class GetDealBoardHandler(IMediator mediator, IRecordStore records, IDealBoard board, IAggregates aggregates, ICaller caller) : IRequestHandler<GetDealBoard, IReadOnlyList<BoardColumn>>
{
    public async Task<IReadOnlyList<BoardColumn>> Handle(GetDealBoard request, CancellationToken cancellationToken)
    {
        var access = RecordView.Of(caller);
        if (access.Field(request.Query.Type, "stageId") is null || access.Field(request.Query.Type, "boardRank") is null)
            throw RecordErrors.FieldRestricted(request.Query.Type);

        var stages = StagesOf(await mediator.Send(new GetStageCatalog(), cancellationToken), request);
        var query = request.Query;
        var totals = await TotalsAsync(query, stages, access.Field(query.Type, "amount"), cancellationToken);
        var cards = request.StageId is { } stageId
            ? new Dictionary<Guid, RecordPage> { [stageId] = await records.ListAsync(BoardQuery.OfStage(query, stageId), cancellationToken) }
            : await board.FirstCardsAsync(query, [.. stages.Select(s => s.Id)], cancellationToken);

        return [.. stages.Select(s => new BoardColumn(s, totals[s.Id].Sum(t => (long)t.Values[0]!), [.. totals[s.Id].Select(t => t.Values.ElementAtOrDefault(1)).OfType<MoneyTotal>()], cards[s.Id]))];
    }

    private static List<Stage> StagesOf(StageCatalog catalog, GetDealBoard request)
    {
        if (request.StageId is { } stageId)
            return catalog.Find(stageId) is { } stage && (request.PipelineId is null || stage.PipelineId == request.PipelineId) ? [stage] : throw DealErrors.UnknownStage();

        var pipelineId = request.PipelineId ?? (catalog.Stages.Count > 0 ? catalog.Stages[0].PipelineId : null);
        var stages = catalog.Stages.Where(s => s.PipelineId == pipelineId).ToList();
        return stages.Count > 0 || request.PipelineId is null ? stages : throw DealErrors.UnknownPipeline();
    }

    private async Task<ILookup<Guid, AggregateRow>> TotalsAsync(RecordQuery query, List<Stage> stages, Field? amount, CancellationToken cancellationToken)
    {
        var stage = new FieldPath([], query.Type.Field("stageId")!);
        var ofStages = new Condition(stage, FilterOperator.In, [.. stages.Select(s => (object)s.Id)]);
        var totals = await aggregates.AggregateAsync(new AggregateQuery(
            query.Type,
            query.Filter is null ? ofStages : new AllOf([query.Filter, ofStages]),
            [new GroupKey(stage, null)],
            [new Measure(MeasureOp.Count, null), .. amount is null ? (Measure[])[] : [new Measure(MeasureOp.Sum, new FieldPath([], amount))]]), cancellationToken);
        return totals.Rows.ToLookup(r => (Guid)r.Keys[0]!);
    }
}
