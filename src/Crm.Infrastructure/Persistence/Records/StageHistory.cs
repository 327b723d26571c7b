using Crm.Application.Deals;
using Crm.Application.Records;
using Crm.Domain.Deals;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>Reads the stage history of deals.</summary>
[Transient]
internal sealed class StageHistory(CursorPages pages) : IStageHistory
{
    private static readonly CursorList<StageChange> Changes = new(
        "stage-history", "deal_stage_changes", "deal_id", [("at", FieldKind.Timestamp), ("id", FieldKind.Id)], ["deal_id", "from_stage_id", "to_stage_id"], latestFirst: false,
        reader => new StageChange
        {
            At = reader.GetFieldValue<DateTimeOffset>(0),
            Id = reader.GetGuid(1),
            DealId = reader.GetGuid(2),
            FromStageId = reader.ValueOrNull<Guid>(3),
            ToStageId = reader.GetGuid(4),
        });

    public Task<Page<StageChange>> ReadAsync(Guid dealId, int limit, string? cursor, CancellationToken cancellationToken) =>
        pages.ReadAsync(Changes, dealId, limit, cursor, cancellationToken);
}
