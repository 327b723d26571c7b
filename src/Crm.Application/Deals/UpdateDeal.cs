using Crm.Application.Authorization;
using Crm.Application.ChangeLog;
using Crm.Application.Messaging;
using Crm.Application.Persistence;
using Crm.Application.Records;
using Crm.Domain.Deals;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Crm.Application.Deals;

/// <summary>Changes the fields of a deal that were sent; another stage moves it, with all that follows from that.</summary>
/// <param name="Id">The deal.</param>
/// <param name="Input">The fields.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
[Requires("deals:write")]
public sealed record UpdateDeal(Guid Id, RecordInput<Deal> Input, int? ExpectedVersion) : ICommand<RecordDocument>, ITransactional;

internal sealed class UpdateDealHandler(ITenantSession session, IRecordStore records, IChangeLog changes, TimeProvider clock) : IRequestHandler<UpdateDeal, RecordDocument>
{
    public async Task<RecordDocument> Handle(UpdateDeal request, CancellationToken cancellationToken)
    {
        var (id, input) = (request.Id, request.Input);
        await records.HoldAsync(input.Description, id, request.ExpectedVersion, cancellationToken);
        await records.DemandReferencesAsync(input.Values, cancellationToken);
        var deal = await session.Database.Deals.SingleAsync(d => d.Id == id, cancellationToken);
        if (input.TryGet(d => d.StageId, out var stageId))
        {
            var stage = await session.Database.Stages.SingleAsync(s => s.Id == stageId, cancellationToken);
            if (deal.MoveTo(stage, clock.GetUtcNow()) is { } change)
                session.Database.StageChanges.Add(change);
        }

        // The pipeline follows from the stage; naming it is allowed when it says the same.
        if (input.TryGet(d => d.PipelineId, out var pipelineId) && pipelineId != deal.PipelineId)
            throw DealErrors.StageOfOtherPipeline();
        input.ApplyTo(deal);
        deal.DemandProbabilityOfStage();

        await changes.SaveAsync(cancellationToken);
        return await records.ReadHeldAsync(input.Description, id, cancellationToken);
    }
}
