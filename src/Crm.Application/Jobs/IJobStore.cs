using Crm.Application.Records;
using Crm.Domain.Common;
using Crm.Domain.Jobs;

namespace Crm.Application.Jobs;

/// <summary>The tenant's jobs.</summary>
public interface IJobStore
{
    /// <summary>
    /// Puts a job in the queue. The queue is above tenants and is written first, then the job in the tenant's own transaction: a worker that
    /// finds no job yet waits a while before it drops the entry.
    /// </summary>
    /// <exception cref="ConflictException">There is a job of this id.</exception>
    Task<JobDto> EnqueueAsync(NewJob job, CancellationToken cancellationToken);

    /// <summary>Finds a job.</summary>
    Task<JobDto?> FindAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Reads a page of what a job found wrong.</summary>
    /// <exception cref="InvalidException">The cursor is not one of this list.</exception>
    Task<Page<JobFault>?> ListFaultsAsync(Guid id, int limit, string? cursor, CancellationToken cancellationToken);

    /// <summary>Asks a job to stop: at once while it waits, otherwise before its next chunk. Does nothing to one that has ended.</summary>
    Task<JobDto?> CancelAsync(Guid id, CancellationToken cancellationToken);
}

/// <summary>A job to be done.</summary>
/// <param name="Id">Its id, a UUIDv7.</param>
/// <param name="Type">The type of the runner that does it.</param>
/// <param name="Payload">What it is about, a JSON object of the runner's own shape.</param>
public sealed record NewJob(Guid Id, string Type, string Payload);
