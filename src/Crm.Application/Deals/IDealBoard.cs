using Crm.Application.Records;

namespace Crm.Application.Deals;

/// <summary>Reads the cards of a board: the first of each of several columns, in one round trip.</summary>
public interface IDealBoard
{
    /// <summary>Reads the first cards of each stage.</summary>
    Task<IReadOnlyDictionary<Guid, RecordPage>> FirstCardsAsync(RecordQuery query, IReadOnlyList<Guid> stageIds, CancellationToken cancellationToken);
}
