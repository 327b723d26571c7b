namespace Crm.Domain.Jobs;

/// <summary>How far a job has come.</summary>
public static class JobStatuses
{
    /// <summary>Waiting for a worker.</summary>
    public const string Queued = "queued";

    /// <summary>Being worked on.</summary>
    public const string Running = "running";

    /// <summary>Done; single items may have failed and are listed.</summary>
    public const string Succeeded = "succeeded";

    /// <summary>Given up; the result says why.</summary>
    public const string Failed = "failed";

    /// <summary>Stopped on request.</summary>
    public const string Cancelled = "cancelled";
}
