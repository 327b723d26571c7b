using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Application.Jobs;
using Crm.Application.Records;
using Crm.Domain.Jobs;

namespace Crm.Api.Jobs;

/// <summary>A job as the API answers it.</summary>
/// <param name="Id">The job.</param>
/// <param name="Type">What kind of work, such as <c>import</c>.</param>
/// <param name="Status">How far it has come.</param>
/// <param name="Done">How many items are done.</param>
/// <param name="Total">How many items there are; null while unknown.</param>
/// <param name="Result">What came of it so far; null until there is something.</param>
/// <param name="StartedAt">When the work began; null before.</param>
/// <param name="FinishedAt">When it ended, however it did; null before.</param>
internal sealed record JobAnswer(
    Guid Id, string Type,
    [property: AllowedValues(JobStatuses.Queued, JobStatuses.Running, JobStatuses.Succeeded, JobStatuses.Failed, JobStatuses.Cancelled)] string Status,
    long Done, long? Total, JobResult? Result, DateTime? StartedAt, DateTime? FinishedAt)
{
    /// <summary>Makes the answer of a job.</summary>
    public static JobAnswer Of(JobDto job) => new(
        job.Id, job.Type, job.Status, job.Done, job.Total,
        job.Result is null ? null : JsonSerializer.Deserialize(job.Result, JobJson.Default.JobResult), job.StartedAt, job.FinishedAt);
}

/// <summary>What came of an import.</summary>
/// <param name="Created">Rows that made a record.</param>
/// <param name="Updated">Rows that matched a record by the key.</param>
/// <param name="Failed">Rows that nothing came of; each is listed with its faults.</param>
/// <param name="Warnings">What was not taken as it stood, in rows that were taken; each is listed.</param>
/// <param name="Error">Why the job was given up; left out when it was not.</param>
internal sealed record JobResult(
    long Created, long Updated, long Failed, long Warnings, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JobError? Error = null);

/// <summary>Why a job was given up.</summary>
/// <param name="Code">A stable code.</param>
/// <param name="Message">One sentence.</param>
internal sealed record JobError(string Code, string Message);

/// <summary>A page of what a job found wrong.</summary>
/// <param name="Data">The faults, in the order of the rows.</param>
/// <param name="Page">Where it goes on.</param>
internal sealed record JobErrorPage(IReadOnlyList<JobFault> Data, PageInfo Page);

/// <summary>How jobs look in JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(JobAnswer))]
[JsonSerializable(typeof(JobErrorPage))]
internal sealed partial class JobJson : JsonSerializerContext;
