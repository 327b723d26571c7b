namespace Crm.Application.Jobs;

/// <summary>
/// Carries out jobs of one type. Runners are found by looking at the assembly. One may be begun again at any time, by another process,
/// where the last progress it saved says.
/// </summary>
public interface IJobRunner
{
    /// <summary>The type of the jobs it carries out.</summary>
    string Type { get; }

    /// <summary>Carries out a job, or what is left of it.</summary>
    /// <exception cref="Domain.Common.CrmException">The job cannot be carried out; trying again would not help.</exception>
    Task RunAsync(IJobRun job, CancellationToken cancellationToken);

    /// <summary>Removes what was kept for a job that has ended, or never came to be. May be called more than once.</summary>
    void Discard(Guid jobId);
}

/// <summary>
/// A job being carried out, as its runner sees it. The tenant is the present one, the caller the one who asked for the job.
/// </summary>
public interface IJobRun
{
    /// <summary>The job.</summary>
    Guid Id { get; }

    /// <summary>What it is about, as it was enqueued.</summary>
    string Payload { get; }

    /// <summary>What was saved last, by this run or an earlier one.</summary>
    JobProgress Progress { get; }

    /// <summary>
    /// Looks up whether the tenant is active and what the one who asked for the job may do now; to be called before each chunk, so that a
    /// right
    /// taken away ends the job, and a tenant that is suspended or to be removed lets it rest.
    /// </summary>
    /// <exception cref="Domain.Common.UnauthenticatedException">The user has no active membership any more.</exception>
    /// <exception cref="OperationCanceledException">The tenant is not active: the job goes on where it stands when the tenant is active
    /// again.</exception>
    Task RenewCallerAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Saves progress, in the running transaction where there is one, so that it lasts exactly when the work it tells of does. To be called
    /// last before the commit.
    /// </summary>
    /// <exception cref="OperationCanceledException">The job was cancelled, or another worker has it: the transaction must be
    /// undone.</exception>
    Task SaveAsync(JobProgress progress, IReadOnlyList<Domain.Jobs.JobFault> faults, CancellationToken cancellationToken);

    /// <summary>Finds the rows that nothing came of, by the faults that this run and earlier ones have saved.</summary>
    Task<IReadOnlySet<int>> FailedAmongAsync(IReadOnlyList<int> rows, CancellationToken cancellationToken);
}

/// <summary>How far a job has come.</summary>
/// <param name="Done">How many items are done.</param>
/// <param name="Total">How many there are; <c>null</c> while unknown.</param>
/// <param name="Checkpoint">Where to go on, as JSON of the runner's own shape; <c>null</c> when <paramref name="Done"/> says it
/// all.</param>
/// <param name="Result">What came of it so far, as a JSON object; <c>null</c> for nothing.</param>
public sealed record JobProgress(long Done, long? Total, string? Checkpoint, string? Result);
