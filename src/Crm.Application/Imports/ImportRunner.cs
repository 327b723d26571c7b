using System.Globalization;
using System.Text.Json;
using Crm.Application.Authorization;
using Crm.Application.Jobs;
using Crm.Application.Persistence;
using Crm.Application.Storage;
using Crm.Domain.Common;
using Microsoft.Extensions.Options;

namespace Crm.Application.Imports;

/// <summary>Carries out imports: counts the rows, writes them in chunks, then sets the references among them.</summary>
internal sealed class ImportRunner(
    ImportPlans plans, ITenantFiles files, ITenantSession session, ReferenceLookup lookup, ICaller caller, IOptions<ImportOptions> options) : IJobRunner<ImportRunner>
{
    public static string Type => "import";

    public static JobAccess Access { get; } = JobAccess.ByRecordType(payloadMember: "recordType");

    public static Type Result => typeof(JobResult);

    // Bounds the memory of a chunk of long rows.
    private const int MaxChunkLength = 1_000_000;

    public async Task RunAsync(IJobRun job, CancellationToken cancellationToken)
    {
        var plan = ReadPlan(job.Payload);
        if (job.Progress.Total is null)
            await CountAsync(job, plan, cancellationToken);

        var memory = plan.DryRun ? new DryRunMemory(plan, lookup) : null;
        var linkedUpTo = job.Progress.Checkpoint is { } checkpoint ? long.Parse(checkpoint, CultureInfo.InvariantCulture) : 0;
        await GoThroughAsync(job, plan, new WritePass(job.Id, plan, lookup, memory), job.Progress.Done, cancellationToken);
        if (plan.SelfReferences.Count > 0)
            await GoThroughAsync(job, plan, new LinkPass(job, plan, lookup, memory), linkedUpTo, cancellationToken);
    }

    public void Discard(Guid jobId) => files.Delete(CreateImport.FileOf(jobId));

    private async Task GoThroughAsync(IJobRun job, ImportPlan plan, IRowPass pass, long done, CancellationToken cancellationToken)
    {
        using var rows = await OpenAsync(job.Id, plan, cancellationToken);
        var made = new MadeText(plan, rows.FileLength);
        var writer = new ChunkWriter(job, pass, plan, session, caller);
        var chunk = new List<ImportRow>();
        var length = 0;
        while (await rows.ReadAsync(cancellationToken) is { } row)
        {
            made.Add(row);
            if (row.Index <= done)
            {
                await pass.SkipAsync(row, cancellationToken);
                continue;
            }

            if (!pass.Concerns(row))
                continue;
            chunk.Add(row);
            length += row.Length;
            if (chunk.Count < options.Value.ChunkSize && length < MaxChunkLength)
                continue;
            await WriteAsync();
        }

        if (chunk.Count > 0)
            await WriteAsync();

        async Task WriteAsync()
        {
            await pass.PrepareAsync(chunk, cancellationToken);
            await writer.WriteAsync(chunk, cancellationToken);
            chunk.Clear();
            length = 0;
        }
    }

    private async Task CountAsync(IJobRun job, ImportPlan plan, CancellationToken cancellationToken)
    {
        using var rows = await OpenAsync(job.Id, plan, cancellationToken);
        long total = 0;
        while (await rows.ReadAsync(cancellationToken) is not null)
            total++;

        await job.SaveAsync(new JobProgress(0, total, null, new ImportCounts().Write()), [], cancellationToken);
    }

    private async Task<ImportRows> OpenAsync(Guid jobId, ImportPlan plan, CancellationToken cancellationToken)
    {
        var file = files.OpenRead(CreateImport.FileOf(jobId)) ?? throw ImportErrors.FileGone();
        return await ImportRows.OpenAsync(file, plan.Delimiter, cancellationToken) ?? throw ImportErrors.Unreadable(row: 1);
    }

    private ImportPlan ReadPlan(string payload)
    {
        var (recordType, mapping, dryRun) = JsonSerializer.Deserialize<ImportPayload>(payload, JsonSerializerOptions.Web)!;
        var errors = new List<FieldError>();
        return plans.Read(recordType, mapping.GetRawText(), dryRun ? "true" : "false", errors) ?? throw new InvalidException(errors);
    }
}
