namespace Crm.Application.Tenants;

/// <summary>Sees to it that of all who create a tenant with the same identifier, over all nodes, one is at it at a time.</summary>
public interface ITenantClaims
{
    /// <summary>Claims an identifier for as long as a creation takes; waits for a turn on this node, and never for another's claim.</summary>
    /// <param name="identifier">The identifier, in lower case.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The claim, to be disposed when the creation is over; it ends by itself with the process. <c>null</c> when another has it.</returns>
    Task<IAsyncDisposable?> TryTakeAsync(string identifier, CancellationToken cancellationToken);
}
