using System.Globalization;
using Crm.Application.Jobs;
using Crm.Application.Records;
using Crm.Domain.Common;
using Crm.Domain.Jobs;

namespace Crm.Application.Imports;

/// <summary>
/// The second pass: references to records of the same type are set, now that all rows have theirs. What cannot be resolved is a warning,
/// because the record is there without it. Rows that were refused in the first pass are passed by: the record that their key names is not
/// theirs
/// to change.
/// </summary>
internal sealed class LinkPass(IJobRun job, ImportPlan plan, ReferenceLookup lookup, DryRunMemory? memory) : IRowPass
{
    private readonly RowBinder _references = new(plan.SelfReferences, lookup);
    private readonly RowBinder _identity = new([.. plan.Columns.Where(c => c == plan.Key || c.Field.Name == "id")], lookup);

    private readonly Field _id = plan.Type.Field("id")!;
    private IReadOnlySet<int> _failed = new HashSet<int>();

    public bool Concerns(ImportRow row) => plan.SelfReferences.Any(c => c.Reads.Any(name => row[name].Length > 0) || c.Value is not null);

    public async Task PrepareAsync(IReadOnlyList<ImportRow> rows, CancellationToken cancellationToken) =>
        _failed = await job.FailedAmongAsync([.. rows.Select(r => r.Number)], cancellationToken);

    public async Task<RowOutcome> ApplyAsync(ImportRow row, CancellationToken cancellationToken)
    {
        if (_failed.Contains(row.Number))
            return RowOutcome.None;

        var bound = await _references.BindAsync(row, plan.Type, cancellationToken);
        if (memory is not null)
        {
            bound.Faults.RemoveAll(f => f.Code == "reference_not_found" && memory.HasSeen(plan.SelfReferences.First(c => c.Name == f.Column).Lookup!, f.Value));
            return Warned(bound.Faults);
        }

        // The record may have gone since the first pass, or another may have come by the same key.
        if (await OwnAsync(row, cancellationToken) is not { } id)
            return RowOutcome.None;
        if (bound.Values.Count > 0)
            await plan.Target.UpdateAsync(id, bound.Values, cancellationToken);
        return Warned(bound.Faults);
    }

    public RowOutcome Refuse(ImportRow row, CrmException refusal) =>
        Warned(Refusals.Of(refusal, (member, code, message) => _references.Fault(row, FaultSeverities.Warning, member, code, message)));

    public Task SkipAsync(ImportRow row, CancellationToken cancellationToken) => Task.CompletedTask;

    public (long Done, string? Checkpoint) ProgressAt(long index, long total) => (total, index.ToString(CultureInfo.InvariantCulture));

    private async Task<Guid?> OwnAsync(ImportRow row, CancellationToken cancellationToken)
    {
        var identity = await _identity.BindAsync(row, plan.Type, cancellationToken);
        var (field, value) = plan.Key is { } key
            ? (key.Field, identity.Value(key.Field))
            : (_id, identity.Value(_id) ?? RowIds.Of(job.Id, row.Number));
        return value is not null && await lookup.FindAsync(plan.Type, field, value, cancellationToken) is { IsAmbiguous: false, Id: { } id } ? id : null;
    }

    private static RowOutcome Warned(IReadOnlyList<JobFault> faults) =>
        new(new ImportCounts(Warnings: faults.Count), [.. faults.Select(f => f with { Severity = FaultSeverities.Warning })]);
}
