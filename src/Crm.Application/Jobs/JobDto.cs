namespace Crm.Application.Jobs;

/// <summary>A job as the API serves it.</summary>
/// <param name="Id">The job.</param>
/// <param name="Type">What kind of work, such as <c>import</c>.</param>
/// <param name="Status">One of <see cref="Domain.Jobs.JobStatuses"/>; clients must expect further ones.</param>
/// <param name="Done">How many items are done.</param>
/// <param name="Total">How many items there are; <c>null</c> while unknown.</param>
/// <param name="Result">What came of it so far, of the type that its runner declares; <c>null</c> until there is something.</param>
/// <param name="StartedAt">When the work began; <c>null</c> before.</param>
/// <param name="FinishedAt">When it ended, however it did; <c>null</c> before.</param>
public sealed record JobDto(
    Guid Id, string Type, string Status, long Done, long? Total, object? Result, DateTime? StartedAt, DateTime? FinishedAt);
