using Crm.Domain.Common;

namespace Crm.Domain.Jobs;

/// <summary>What can go wrong with a job.</summary>
public static class JobErrors
{
    /// <summary>There is no such job, or not for this tenant.</summary>
    public static NotFoundException NotFound() => new("job");

    /// <summary>The job has come to its end, so there is nothing left to cancel.</summary>
    public static ConflictException Finished() => new("job_finished", "The job has come to its end and cannot be cancelled.");

    /// <summary>A job of this id is there already.</summary>
    public static ConflictException Exists() => new("job_exists", "There is a job of this id already.");
}
