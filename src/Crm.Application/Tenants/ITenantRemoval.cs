namespace Crm.Application.Tenants;

/// <summary>Removes tenants whose time of grace is over. Several nodes may try at once; what one is at, the others leave alone.</summary>
public interface ITenantRemoval
{
    /// <summary>
    /// Removes all tenants that are due, at most 100, one after the other, in bounded transactions. What was cut off is taken up again.
    /// </summary>
    Task<int> RemoveDueAsync(CancellationToken cancellationToken);
}
