using Crm.Application.Records;
using Crm.Domain.Common;
using Crm.Domain.Jobs;

namespace Crm.Application.Imports;

/// <summary>Turns the cells of a row into values of fields, finding all its faults.</summary>
internal sealed class RowBinder(IReadOnlyList<ImportColumn> columns, ReferenceLookup lookup)
{
    private const int LongestValueTold = 200;

    /// <summary>Binds a row. An empty cell counts as absent.</summary>
    public async Task<BoundRow> BindAsync(ImportRow row, RecordType type, CancellationToken cancellationToken)
    {
        var bound = new BoundRow();
        if (row.Malformed is { } reason)
            bound.Faults.Add(new JobFault(row.Number, FaultSeverities.Error, null, "malformed_row", reason, null));
        if (row.IsTooWide)
            bound.Faults.Add(new JobFault(row.Number, FaultSeverities.Error, null, "unexpected_cells", "The row has more cells than the header has names.", null));
        foreach (var column in columns)
            await BindAsync(bound, row, column, type, cancellationToken);
        return bound;
    }

    /// <summary>Tells a fault of the record in the words of the file.</summary>
    public JobFault Fault(ImportRow row, string severity, string? member, string code, string message)
    {
        var column = columns.FirstOrDefault(c => c.Field.Name == member);
        return new JobFault(row.Number, severity, column?.Name ?? member, code, message, column is null ? null : Told(column.TextOf(row)));
    }

    private async Task BindAsync(BoundRow bound, ImportRow row, ImportColumn column, RecordType type, CancellationToken cancellationToken)
    {
        var source = column.TextOf(row);
        if (source.Length == 0)
            return;
        if (column.Replace.TryGetValue(source, out var text))
            bound.Faults.Add(new JobFault(row.Number, FaultSeverities.Warning, column.Name, "replaced", text.Length == 0 ? "Read as empty." : $"Read as '{text}'.", Told(source)));
        else
            text = source;
        if (text.Length == 0)
            return;
        if (text.Length > column.Longest)
        {
            var tooLong = FieldErrors.TooLong("/" + column.Field.Name, column.Longest);
            bound.Faults.Add(new JobFault(row.Number, FaultSeverities.Error, column.Name, tooLong.Code, tooLong.Message, Told(source)));
            return;
        }

        if (column.Lookup is { } by)
        {
            var target = column.Field.Relation!.Target;
            var found = target == type
                ? await lookup.FindAsync(target, by, text, cancellationToken)
                : await lookup.RecallAsync(target, by, text, cancellationToken);
            if (found is { Id: { } id, IsAmbiguous: false })
                bound.Values.Add(new(column.Field, id));
            else
                bound.Faults.Add(found.IsAmbiguous
                    ? new JobFault(row.Number, FaultSeverities.Error, column.Name, "ambiguous_reference", $"There are several such {target.Nouns}.", Told(source))
                    : new JobFault(row.Number, FaultSeverities.Error, column.Name, "reference_not_found", $"There is no such {target.Name}.", Told(source)));
            return;
        }

        var errors = new List<FieldError>();
        var value = CellReader.Read(column.Field, text, column.Format, "/" + column.Field.Name, errors);
        if (errors.Count == 0)
            bound.Values.Add(new(column.Field, value));
        else
            bound.Faults.AddRange(errors.Select(e => new JobFault(row.Number, FaultSeverities.Error, column.Name, e.Code, e.Message, Told(source))));
    }

    // What PostgreSQL cannot store is told as the sign for what cannot be shown.
    private static string? Told(string value) => value.Length == 0 ? null :
        (value.Length > LongestValueTold ? value[..(char.IsHighSurrogate(value[LongestValueTold - 1]) ? LongestValueTold - 1 : LongestValueTold)] : value).Replace('\0', '\uFFFD');
}

/// <summary>What was read from a row.</summary>
internal sealed class BoundRow
{
    /// <summary>The fields that have a value.</summary>
    public List<KeyValuePair<Field, object?>> Values { get; } = [];

    /// <summary>What was found wrong.</summary>
    public List<JobFault> Faults { get; } = [];

    /// <summary>Whether nothing can come of the row.</summary>
    public bool IsFaulty => Faults.Exists(f => f.Severity == FaultSeverities.Error);

    /// <summary>The value of a field.</summary>
    public object? Value(Field field) => Values.Find(v => v.Key == field).Value;
}
