using Crm.Application.Records;
using Crm.Domain.Common;
using Crm.Domain.Jobs;

namespace Crm.Application.Jobs;

/// <summary>The tenant's jobs.</summary>
public interface IJobStore
{
    /// <summary>
    /// Puts a job in the queue. The queue stands above tenants and is written first, the job behind it in the tenant's own transaction: a worker
    /// that finds no job yet waits a while before it forgets the entry.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The job as it waits.</returns>
    /// <exception cref="ConflictException">There is a job of this id.</exception>
    Task<JobDto> EnqueueAsync(NewJob job, CancellationToken cancellationToken);

    /// <summary>Finds a job.</summary>
    /// <param name="id">The job.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The job, or <c>null</c> when there is none of this id for the caller, see <see cref="JobAccess.ToRead"/>.</returns>
    Task<JobDto?> FindAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Reads a page of what a job found wrong.</summary>
    /// <param name="id">The job.</param>
    /// <param name="limit">How many at most, 1–200.</param>
    /// <param name="cursor">Where the page before ended; <c>null</c> for the first.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>The page, or <c>null</c> when there is none of this id for the caller, see <see cref="JobAccess.ToRead"/>.</returns>
    /// <exception cref="InvalidException">The cursor is not one of this list.</exception>
    Task<Page<JobFault>?> ListFaultsAsync(Guid id, int limit, string? cursor, CancellationToken cancellationToken);

    /// <summary>Asks a job to stop: at once while it waits, otherwise before its next chunk. Does nothing to one that has ended.</summary>
    /// <param name="id">The job.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The job as it stands, or <c>null</c> when there is none of this id for the caller to cancel, see <see cref="JobAccess.ToCancel"/>.</returns>
    Task<JobDto?> CancelAsync(Guid id, CancellationToken cancellationToken);
}

/// <summary>A job to be done.</summary>
/// <param name="Id">Its id, a UUIDv7.</param>
/// <param name="Type">The type of the runner that does it.</param>
/// <param name="Payload">What it is about, a JSON object of the runner's own shape.</param>
public sealed record NewJob(Guid Id, string Type, string Payload);
