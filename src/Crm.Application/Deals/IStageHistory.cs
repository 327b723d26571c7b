using Crm.Application.Records;
using Crm.Domain.Deals;

namespace Crm.Application.Deals;

/// <summary>The stage history of deals.</summary>
public interface IStageHistory
{
    /// <summary>Reads one page of a deal's history, oldest first.</summary>
    /// <exception cref="Domain.Common.InvalidException">The cursor is not one of this history.</exception>
    Task<Page<StageChange>> ReadAsync(Guid dealId, int limit, string? cursor, CancellationToken cancellationToken);
}
