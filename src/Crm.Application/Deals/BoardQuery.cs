using Crm.Application.Records;

namespace Crm.Application.Deals;

/// <summary>The questions that a board is read by.</summary>
public static class BoardQuery
{
    /// <summary>The order of cards within a column.</summary>
    public static IReadOnlyList<SortKey> Order(RecordType deals) => [new(new FieldPath([], deals.Field("boardRank")!), Descending: false)];

    /// <summary>The question for one column: cursors of its cards are bound to it.</summary>
    public static RecordQuery OfStage(RecordQuery board, Guid stageId)
    {
        var ofStage = new Condition(new FieldPath([], board.Type.Field("stageId")!), FilterOperator.Eq, [stageId]);
        return board with { Filter = board.Filter is null ? ofStage : new AllOf([board.Filter, ofStage]) };
    }
}
