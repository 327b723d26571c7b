using Crm.Domain.Common;

namespace Crm.Domain.Jobs;

/// <summary>Work that goes on after the request that asked for it has been answered.</summary>
public sealed class Job : Entity
{
    /// <summary>What kind of work, such as <c>import</c>.</summary>
    public required string Type { get; init; }

    /// <summary>One of <see cref="JobStatuses"/>.</summary>
    public string Status { get; private set; } = JobStatuses.Queued;

    /// <summary>What the work is about, as a JSON object of the job's own shape.</summary>
    public required string Payload { get; init; }

    /// <summary>How many items are done.</summary>
    public long Done { get; private set; }

    /// <summary>How many items there are; <c>null</c> while unknown.</summary>
    public long? Total { get; private set; }

    /// <summary>What came of it, as a JSON object of the job's own shape; <c>null</c> until something has.</summary>
    public string? Result { get; private set; }

    /// <summary>The user who asked for it; <c>null</c> for the system.</summary>
    public Guid? CreatedBy { get; init; }

    /// <summary>When it was asked for, UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the work began, UTC.</summary>
    public DateTimeOffset? StartedAt { get; private set; }

    /// <summary>When it ended, however it did, UTC.</summary>
    public DateTimeOffset? FinishedAt { get; private set; }
}
