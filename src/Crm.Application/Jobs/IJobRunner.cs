namespace Crm.Application.Jobs;

/// <summary>
/// Carries out jobs of one type. Runners are found by a scan of the assembly. Any process may start one again at any time, from the last
/// progress it saved.
/// </summary>
public interface IJobRunner
{
    /// <summary>Carries out a job, or what is left of it.</summary>
    /// <exception cref="Domain.Common.CrmException">The job cannot be carried out; trying again would not help.</exception>
    Task RunAsync(IJobRun job, CancellationToken cancellationToken);

    /// <summary>Removes what was stored for a job that has ended or was never written. May be called more than once.</summary>
    void Discard(Guid jobId);
}

/// <summary>A runner that declares the type of its jobs.</summary>
/// <typeparam name="TSelf">The runner itself.</typeparam>
public interface IJobRunner<TSelf> : IJobRunner
    where TSelf : IJobRunner<TSelf>
{
    /// <summary>The name of the type in the API and in the queue, such as <c>import</c>; never changes.</summary>
    static abstract string Type { get; }

    /// <summary>Who may see its jobs, and who may cancel them.</summary>
    static abstract JobAccess Access { get; }

    /// <summary>The shape of what comes of its jobs. It has a member <c>Error</c> of <see cref="JobError"/>.</summary>
    static abstract Type Result { get; }
}

/// <summary>A running job, as its runner sees it. Tenant and caller are those who asked for the job.</summary>
public interface IJobRun
{
    /// <summary>The job.</summary>
    Guid Id { get; }

    /// <summary>What it is about, as it was enqueued.</summary>
    string Payload { get; }

    /// <summary>What was saved last, by this run or an earlier one.</summary>
    JobProgress Progress { get; }

    /// <summary>
    /// Reads again whether the tenant is active and what the one who asked for the job may do. Call it before each chunk, so that a
    /// permission that was taken away ends the job and a suspended tenant pauses it.
    /// </summary>
    /// <exception cref="Domain.Common.UnauthenticatedException">The user has no active membership any more.</exception>
    /// <exception cref="OperationCanceledException">The tenant is not active; the job continues when it is active again.</exception>
    Task RenewCallerAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Saves progress, in the running transaction where there is one, so that progress and work are committed together. Call it last
    /// before the commit.
    /// </summary>
    /// <exception cref="OperationCanceledException">The job was cancelled, or another worker has it: roll back.</exception>
    Task SaveAsync(JobProgress progress, IReadOnlyList<Domain.Jobs.JobFault> faults, CancellationToken cancellationToken);

    /// <summary>Finds the rows that failed, by the faults that this run and earlier ones have saved.</summary>
    Task<IReadOnlySet<int>> FailedAmongAsync(IReadOnlyList<int> rows, CancellationToken cancellationToken);
}

/// <summary>How far a job has come.</summary>
/// <param name="Done">How many items are done.</param>
/// <param name="Total">How many there are; <c>null</c> while unknown.</param>
/// <param name="Checkpoint">Where to go on, as JSON of the runner's own shape; <c>null</c> when <paramref name="Done"/> says it
/// all.</param>
/// <param name="Result">What came of it so far, as a JSON object; <c>null</c> for nothing.</param>
public sealed record JobProgress(long Done, long? Total, string? Checkpoint, string? Result);
