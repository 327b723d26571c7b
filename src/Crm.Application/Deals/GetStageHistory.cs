using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Records;
using Crm.Domain.Deals;
using MediatR;

namespace Crm.Application.Deals;

/// <summary>Reads the stages a deal has gone through, oldest first.</summary>
/// <param name="DealId">The deal.</param>
/// <param name="Limit">How many entries at most, 1–200.</param>
/// <param name="Cursor">Where the page before ended; <c>null</c> for the first.</param>
[Requires("deals:read")]
public sealed record GetStageHistory(Guid DealId, int Limit, string? Cursor) : IQuery<Page<StageChange>>;

internal sealed class GetStageHistoryHandler(IRecordStore records, RecordModel types, IStageHistory history, ICaller caller) : IRequestHandler<GetStageHistory, Page<StageChange>>
{
    public async Task<Page<StageChange>> Handle(GetStageHistory request, CancellationToken cancellationToken)
    {
        var type = types.Of(typeof(Deal));
        if (RecordView.Of(caller).Field(type, "stageId") is null)
            throw RecordErrors.FieldRestricted(type);
        _ = await records.FindAsync(request.DealId, new RecordSelection(type, [], []), cancellationToken) ?? throw RecordErrors.NotFound(type);
        return await history.ReadAsync(request.DealId, request.Limit, request.Cursor, cancellationToken);
    }
}
