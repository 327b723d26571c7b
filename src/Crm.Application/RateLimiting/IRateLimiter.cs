namespace Crm.Application.RateLimiting;

/// <summary>Counts requests: over all nodes where they share a Redis that answers, else for this node alone.</summary>
public interface IRateLimiter
{
    /// <summary>Takes a place under every limit of a request, or under none when one of them has none left.</summary>
    ValueTask<bool> TakeAsync(LimitCheck check, CancellationToken cancellationToken);
}
