using Crm.Application.Authorization;
using Crm.Application.Jobs;
using Crm.Application.Persistence;
using Crm.Domain.Common;
using Crm.Domain.Jobs;

namespace Crm.Application.Imports;

/// <summary>
/// Carries out rows in transactions that hold the job's progress too, so that a row is done exactly when it is counted as done. A chunk in
/// which a row is refused is undone and done again in halves, so that a refused row costs a few repetitions and every other row goes
/// through.
/// </summary>
internal sealed class ChunkWriter(IJobRun job, IRowPass pass, ImportPlan plan, ITenantSession session, ICaller caller)
{
    private const int MaxTries = 3;

    /// <summary>Carries out rows.</summary>
    public async Task WriteAsync(IReadOnlyList<ImportRow> rows, CancellationToken cancellationToken)
    {
        var refusal = await TryAsync(rows, cancellationToken);
        for (var attempt = 2; rows.Count == 1 && refusal?.Code == "concurrent_change" && attempt <= MaxTries; attempt++)
            refusal = await TryAsync(rows, cancellationToken);
        if (refusal is null)
            return;

        if (rows.Count == 1)
        {
            var outcome = pass.Refuse(rows[0], refusal);
            await SaveAsync(rows, outcome.Counts, outcome.Faults, cancellationToken);
            return;
        }

        var half = rows.Count / 2;
        await WriteAsync([.. rows.Take(half)], cancellationToken);
        await WriteAsync([.. rows.Skip(half)], cancellationToken);
    }

    // The refusal of the first row that was refused, for which all was undone; null when all is done.
    private async Task<CrmException?> TryAsync(IReadOnlyList<ImportRow> rows, CancellationToken cancellationToken)
    {
        await job.RenewCallerAsync(cancellationToken);
        plan.Demand(caller);

        var counts = new ImportCounts();
        var faults = new List<JobFault>();
        await session.BeginAsync(cancellationToken);
        try
        {
            foreach (var row in rows)
            {
                var outcome = await pass.ApplyAsync(row, cancellationToken);
                counts = counts.Add(outcome.Counts);
                faults.AddRange(outcome.Faults);
            }
        }
        catch (CrmException refusal) when (Refusals.IsOfRow(refusal))
        {
            await session.RollbackAsync();
            return refusal;
        }
        catch
        {
            await session.RollbackAsync();
            throw;
        }

        try
        {
            // A dry run undoes the rows and keeps what it learned.
            if (plan.DryRun)
                await session.RollbackAsync();
            await SaveAsync(rows, counts, faults, cancellationToken);
            if (!plan.DryRun)
                await session.CommitAsync(cancellationToken);
            return null;
        }
        finally
        {
            await session.RollbackAsync();
        }
    }

    private Task SaveAsync(IReadOnlyList<ImportRow> rows, ImportCounts counts, IReadOnlyList<JobFault> faults, CancellationToken cancellationToken)
    {
        var (done, checkpoint) = pass.ProgressAt(rows[^1].Index, job.Progress.Total ?? 0);
        var result = ImportCounts.Read(job.Progress.Result).Add(counts);
        return job.SaveAsync(new JobProgress(done, job.Progress.Total, checkpoint, result.Write()), faults, cancellationToken);
    }
}
