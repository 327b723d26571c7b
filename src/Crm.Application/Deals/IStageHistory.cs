using Crm.Application.Records;
using Crm.Domain.Deals;

namespace Crm.Application.Deals;

/// <summary>The stage history of deals.</summary>
public interface IStageHistory
{
    /// <summary>Reads one page of a deal's history, oldest first.</summary>
    /// <param name="dealId">The deal.</param>
    /// <param name="limit">How many entries at most, 1–200.</param>
    /// <param name="cursor">Where the page before ended; <c>null</c> for the first.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>The entries and where the next page begins.</returns>
    /// <exception cref="Domain.Common.InvalidException">The cursor is not one of this history.</exception>
    Task<Page<StageChange>> ReadAsync(Guid dealId, int limit, string? cursor, CancellationToken cancellationToken);
}
