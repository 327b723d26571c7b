using Crm.Application.Authorization;
using Crm.Application.ChangeLog;
using Crm.Application.Messaging;
using Crm.Application.Persistence;
using Crm.Application.Records;
using Crm.Domain.Common;
using Crm.Domain.Deals;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Crm.Application.Deals;

/// <summary>Moves a card on the board: to a stage, between two other cards. Only the deal that moves is written.</summary>
/// <param name="Id">The deal.</param>
/// <param name="StageId">The stage to stand in.</param>
/// <param name="BeforeId">The card to stand directly before; <c>null</c> when <paramref name="AfterId"/> decides, or to go last.</param>
/// <param name="AfterId">The card to stand directly behind.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
[Requires("deals:write")]
public sealed record MoveDeal(Guid Id, Guid StageId, Guid? BeforeId, Guid? AfterId, int? ExpectedVersion) : ICommand<RecordDocument>, ITransactional;

internal sealed class MoveDealHandler(ITenantSession session, IRecordStore records, IChangeLog changes, RecordModel types, ICaller caller, TimeProvider clock) : IRequestHandler<MoveDeal, RecordDocument>
{
    public async Task<RecordDocument> Handle(MoveDeal request, CancellationToken cancellationToken)
    {
        var type = types.Of(typeof(Deal));
        DemandStage(type);
        await records.HoldAsync(type, request.Id, request.ExpectedVersion, cancellationToken);
        await records.DemandReferencesAsync([new(type.Field("stageId")!, request.StageId)], cancellationToken);
        var stage = await session.Database.Stages.SingleAsync(s => s.Id == request.StageId, cancellationToken);
        var deal = await session.Database.Deals.SingleAsync(d => d.Id == request.Id, cancellationToken);
        if (deal.MoveTo(stage, clock.GetUtcNow()) is { } change)
            session.Database.StageChanges.Add(change);
        deal.PlaceAt(await RankAsync(type, request, cancellationToken));

        await changes.SaveAsync(cancellationToken);
        return await records.ReadHeldAsync(type, request.Id, cancellationToken);
    }

    // Moving sets the stage: it takes what changing the field takes, and is refused in the same words.
    private void DemandStage(RecordType type)
    {
        var access = RecordView.Of(caller);
        if (access.Field(type, "stageId") is not { } stage)
            throw new InvalidException([FieldErrors.Unknown("/stageId")]);
        if (!access.MayWrite(type, stage))
            throw new InvalidException([FieldErrors.NotYours("/stageId")]);
    }

    private async Task<string> RankAsync(RecordType type, MoveDeal move, CancellationToken cancellationToken)
    {
        var others = session.Database.Deals.Where(d => d.StageId == move.StageId && d.Id != move.Id);

        // A neighbour can be named by whoever sees it; the place between two is found among all.
        var seen = caller.Grants.OwnersFor(type.ReadPermission) is { } owners ? others.Where(d => d.OwnerId != null && owners.Contains(d.OwnerId.Value)) : others;
        var after = await RankOfAsync(seen, move.AfterId, "afterId", cancellationToken);
        var before = await RankOfAsync(seen, move.BeforeId, "beforeId", cancellationToken);

        // The neighbour that was not named is the nearest card on that side; with none named the card goes last.
        if (before is null && after is not null)
            before = await Ranks(others).Where(rank => string.Compare(rank, after) > 0).OrderBy(rank => rank).FirstOrDefaultAsync(cancellationToken);
        else if (after is null && before is not null)
            after = await Ranks(others).Where(rank => string.Compare(rank, before) < 0).OrderByDescending(rank => rank).FirstOrDefaultAsync(cancellationToken);
        else if (after is null)
            after = await Ranks(others).OrderByDescending(rank => rank).FirstOrDefaultAsync(cancellationToken);

        if (before is null)
            return Rank.Last(after, clock.GetUtcNow(), move.Id);
        return after is not null && string.CompareOrdinal(after, before) >= 0
            ? throw DealErrors.NeighboursNotInOrder()
            : Rank.Between(after, before, move.Id);
    }

    private static IQueryable<string?> Ranks(IQueryable<Deal> cards) => cards.Select(d => (string?)d.BoardRank);

    private static async Task<string?> RankOfAsync(IQueryable<Deal> cards, Guid? id, string member, CancellationToken cancellationToken) =>
        id is null
            ? null
            : await cards.Where(d => d.Id == id).Select(d => d.BoardRank).SingleOrDefaultAsync(cancellationToken) ?? throw DealErrors.NotANeighbour(member);
}
