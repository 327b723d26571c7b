namespace Crm.Application.Administration;

/// <summary>Hands the records of one user of the present tenant over to another, those in the trash included.</summary>
public interface IReassignment
{
    /// <summary>Counts the records that a user owns.</summary>
    /// <param name="ownerId">The user.</param>
    /// <param name="cancellationToken">Ends the counting.</param>
    /// <returns>How many there are.</returns>
    Task<long> CountAsync(Guid ownerId, CancellationToken cancellationToken);

    /// <summary>Hands some records over, at most 200 of each type, each as a change of its own with a new version.</summary>
    /// <param name="from">The user who owns them.</param>
    /// <param name="to">The user who gets them.</param>
    /// <param name="cause">The change that causes it; <c>null</c> when none is known.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>How many were handed over; 0 when none is left.</returns>
    Task<int> MoveAsync(Guid from, Guid to, Guid? cause, CancellationToken cancellationToken);

    /// <summary>Finds the change by which a user was deactivated, in the running transaction too.</summary>
    /// <param name="userId">A user who is inactive.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The id of the last such change; <c>null</c> when it is older than what the change log keeps.</returns>
    Task<Guid?> FindDeactivationAsync(Guid userId, CancellationToken cancellationToken);
}
