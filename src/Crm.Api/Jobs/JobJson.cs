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
    Guid Id,
    string Type,
    [property: AllowedValues(JobStatuses.Queued, JobStatuses.Running, JobStatuses.Succeeded, JobStatuses.Failed, JobStatuses.Cancelled)]
    string Status,
    long Done,
    long? Total,
    JobOutcome? Result,
    DateTime? StartedAt,
    DateTime? FinishedAt)
{
    public static JobAnswer Of(JobDto job) => new(
        job.Id,
        job.Type,
        job.Status,
        job.Done,
        job.Total,
        job.Result is null ? null : new JobOutcome(job.Result),
        job.StartedAt,
        job.FinishedAt);
}

/// <summary>What came of a job, in the shape that its runner declares.</summary>
[JsonConverter(typeof(Writer))]
internal sealed record JobOutcome(object Value)
{
    internal sealed class Writer : JsonConverter<JobOutcome>
    {
        public override void Write(Utf8JsonWriter writer, JobOutcome value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.Value, value.Value.GetType(), JsonSerializerOptions.Web);

        public override JobOutcome Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Results of jobs are only written.");
    }
}

/// <summary>A page of what a job found wrong.</summary>
/// <param name="Data">The faults, in the order of the rows.</param>
/// <param name="Page">Where it goes on.</param>
internal sealed record JobErrorPage(IReadOnlyList<JobFault> Data, PageInfo Page);

/// <summary>How jobs look in JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(JobAnswer))]
[JsonSerializable(typeof(JobErrorPage))]
internal sealed partial class JobJson : JsonSerializerContext;
