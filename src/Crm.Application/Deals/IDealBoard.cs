using Crm.Application.Records;

namespace Crm.Application.Deals;

/// <summary>Reads the cards of a board: the first of each of several columns, in one round trip.</summary>
public interface IDealBoard
{
    /// <summary>Reads the first cards of each stage.</summary>
    /// <param name="query">Filter, selection and limit, which holds per stage; the order is that of the board.</param>
    /// <param name="stageIds">The stages.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>A page for each stage asked for.</returns>
    Task<IReadOnlyDictionary<Guid, RecordPage>> FirstCardsAsync(RecordQuery query, IReadOnlyList<Guid> stageIds, CancellationToken cancellationToken);
}
