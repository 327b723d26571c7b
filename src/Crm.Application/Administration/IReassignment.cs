namespace Crm.Application.Administration;

/// <summary>Hands the records of one user of the present tenant over to another, those in the trash included.</summary>
public interface IReassignment
{
    /// <summary>Counts the records that a user owns.</summary>
    Task<long> CountAsync(Guid ownerId, CancellationToken cancellationToken);

    /// <summary>Hands some records over, at most 200 of each type, each as a change of its own with a new version.</summary>
    Task<int> MoveAsync(Guid from, Guid to, Guid? cause, CancellationToken cancellationToken);

    /// <summary>Finds the change by which a user was deactivated, in the running transaction too.</summary>
    Task<Guid?> FindDeactivationAsync(Guid userId, CancellationToken cancellationToken);
}
