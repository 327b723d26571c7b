using Crm.Application.Records;
using Crm.Domain.Common;
using Crm.Domain.Jobs;

namespace Crm.Application.Imports;

/// <summary>
/// The first pass: each row creates a record, or changes the one its key names. References to records of the same file are left out.
/// </summary>
internal sealed class WritePass(Guid jobId, ImportPlan plan, ReferenceLookup lookup, DryRunMemory? memory) : IRowPass
{
    private readonly RowBinder _binder = new([.. plan.Columns.Except(plan.SelfReferences)], lookup);
    private readonly Field _id = plan.Type.Field("id")!;

    public bool Concerns(ImportRow row) => true;

    public Task PrepareAsync(IReadOnlyList<ImportRow> rows, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<RowOutcome> ApplyAsync(ImportRow row, CancellationToken cancellationToken)
    {
        var bound = await _binder.BindAsync(row, plan.Type, cancellationToken);
        var existing = bound.IsFaulty || plan.Key is null ? null : await FindAsync(row, bound, cancellationToken);
        if (memory is not null)
            bound.Faults.AddRange(memory.Repeated(row, bound).Select(f => _binder.Fault(row, FaultSeverities.Error, f.Name, "taken", $"An earlier row has this {f.Name}.")));
        memory?.Note(row, bound);
        if (bound.IsFaulty)
            return Failed([.. bound.Faults.Where(f => f.Severity == FaultSeverities.Error)]);

        if (existing is { } id)
        {
            await plan.Target.UpdateAsync(id, bound.Values, cancellationToken);
            return Taken(new ImportCounts(Updated: 1), bound);
        }

        // In a dry run the record that an earlier row would have made is not there to be changed.
        if (plan.Key is { } key && memory?.HasSeen(key.Field, bound.Value(key.Field), before: row) == true)
            return Taken(new ImportCounts(Updated: 1), bound);

        if (bound.Value(_id) is null)
            bound.Values.Add(new(_id, RowIds.Of(jobId, row.Number)));
        await plan.Target.CreateAsync(bound.Values, cancellationToken);
        return Taken(new ImportCounts(Created: 1), bound);
    }

    public RowOutcome Refuse(ImportRow row, CrmException refusal) =>
        Failed(Refusals.Of(refusal, (member, code, message) => _binder.Fault(row, FaultSeverities.Error, member, code, message)));

    public async Task SkipAsync(ImportRow row, CancellationToken cancellationToken)
    {
        if (memory is not null)
            await memory.NoteAsync(row, cancellationToken);
    }

    public (long Done, string? Checkpoint) ProgressAt(long index, long total) => (index, null);

    private static RowOutcome Failed(IReadOnlyList<JobFault> faults) => new(new ImportCounts(Failed: 1), faults);

    private static RowOutcome Taken(ImportCounts counts, BoundRow bound) => new(counts with { Warnings = bound.Faults.Count }, bound.Faults);

    private async Task<Guid?> FindAsync(ImportRow row, BoundRow bound, CancellationToken cancellationToken)
    {
        var key = plan.Key!.Field;
        if (bound.Value(key) is not { } value)
        {
            bound.Faults.Add(_binder.Fault(row, FaultSeverities.Error, key.Name, "required", "The key is empty."));
            return null;
        }

        var found = await lookup.FindAsync(plan.Type, key, value, cancellationToken);
        if (found.IsAmbiguous)
            bound.Faults.Add(_binder.Fault(row, FaultSeverities.Error, key.Name, "ambiguous_match", $"Several {plan.Type.Nouns} have this {key.Name}."));
        return found.Id;
    }
}
