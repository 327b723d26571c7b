using System.Globalization;
using Crm.Application.Records;
using Crm.Domain.Common;
using Crm.Domain.Jobs;

namespace Crm.Application.Imports;

/// <summary>
/// The second pass: references to records of the same type are set, now that all rows have theirs. What cannot be resolved is a warning,
/// because the record is there without it.
/// </summary>
/// <param name="jobId">The job.</param>
/// <param name="plan">What is to be done.</param>
/// <param name="lookup">Finds records.</param>
/// <param name="memory">What the rows of a dry run would have written; <c>null</c> when rows are really written.</param>
internal sealed class LinkPass(Guid jobId, ImportPlan plan, ReferenceLookup lookup, DryRunMemory? memory) : IRowPass
{
    private readonly RowBinder _references = new(plan.SelfReferences, lookup);
    private readonly RowBinder _identity = new([.. plan.Columns.Where(c => c == plan.Key || c.Field.Name == "id")], lookup);

    private readonly RecordField _id = plan.Type.Field("id")!;

    public bool Concerns(ImportRow row) => plan.SelfReferences.Any(c => c.Reads.Any(name => row[name].Length > 0) || c.Value is not null);

    public async Task<RowOutcome> ApplyAsync(ImportRow row, CancellationToken cancellationToken)
    {
        var bound = await _references.BindAsync(row, plan.Type, cancellationToken);
        if (memory is not null)
        {
            bound.Faults.RemoveAll(f => f.Code == "reference_not_found" && memory.HasSeen(plan.SelfReferences.First(c => c.Name == f.Column).Lookup!, f.Value));
            return memory.HasFailed(row) ? RowOutcome.None : Warned(bound.Faults);
        }

        // A row that failed in the first pass has no record; that was told there.
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
            : (_id, identity.Value(_id) ?? RowIds.Of(jobId, row.Number));
        return value is null ? null : (await lookup.FindAsync(plan.Type, field, value, cancellationToken)).Id;
    }

    private static RowOutcome Warned(IReadOnlyList<JobFault> faults) =>
        new(new ImportCounts(Warnings: faults.Count), [.. faults.Select(f => f with { Severity = FaultSeverities.Warning })]);
}
