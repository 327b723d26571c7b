namespace Crm.Application.Tenants;

/// <summary>Sees to it that of all who create a tenant with the same identifier, over all nodes, one is at it at a time.</summary>
public interface ITenantClaims
{
    /// <summary>
    /// Claims an identifier for as long as a creation takes; waits for a turn on this node, and never for another's claim.
    /// </summary>
    Task<IAsyncDisposable?> TryTakeAsync(string identifier, CancellationToken cancellationToken);
}
