using Crm.Application.Records;

namespace Crm.Application.Imports;

/// <summary>What an import is to do, checked against the description of the record type.</summary>
/// <param name="Target">What the rows become.</param>
/// <param name="Columns">Where each field's value comes from, in the order of the mapping.</param>
/// <param name="Key">The column by which a row finds the record it changes; <c>null</c> when every row makes a record.</param>
/// <param name="Delimiter">What parts the cells; <c>null</c> to find out.</param>
/// <param name="DryRun">Whether nothing is written.</param>
internal sealed record ImportPlan(IImportTarget Target, IReadOnlyList<ImportColumn> Columns, ImportColumn? Key, char? Delimiter, bool DryRun)
{
    /// <summary>The record type.</summary>
    public RecordDescription Type => Target.Type;

    /// <summary>References to records of the same type, which may stand further down in the same file.</summary>
    public IReadOnlyList<ImportColumn> SelfReferences { get; } = [.. Columns.Where(c => IsSelfReference(c, Target.Type))];

    /// <summary>What the caller must be allowed to do: write the records, and read what rows are looked up in.</summary>
    public IEnumerable<string> Permissions => Columns.Where(c => c.Lookup is not null).Select(c => c.Field.Relation!.Target.ReadPermission)
        .Append(Type.WritePermission).Concat(Key is null ? [] : [Type.ReadPermission]).Distinct();

    private static bool IsSelfReference(ImportColumn column, RecordDescription type) => column.Lookup is not null && column.Field.Relation!.Target == type;
}

/// <summary>Where one field's value comes from. Exactly one of column, value and template is there.</summary>
internal sealed record ImportColumn
{
    /// <summary>The field.</summary>
    public required RecordField Field { get; init; }

    /// <summary>The place of this entry in the mapping.</summary>
    public required string Pointer { get; init; }

    /// <summary>The file's column, by its header.</summary>
    public string? Column { get; init; }

    /// <summary>The same value for all rows.</summary>
    public string? Value { get; init; }

    /// <summary>A text with the cells of several columns in it.</summary>
    public CellTemplate? Template { get; init; }

    /// <summary>The field of the record referred to whose value is given; <c>null</c> where the reference is given as an id.</summary>
    public RecordField? Lookup { get; init; }

    /// <summary>How the cells are written.</summary>
    public required CellFormat Format { get; init; }

    /// <summary>What is read in place of certain texts.</summary>
    public IReadOnlyDictionary<string, string> Replace { get; init; } = new Dictionary<string, string>();

    /// <summary>The name by which faults tell where they are: the file's column, or the field where there is none.</summary>
    public string Name => Column ?? Field.Name;

    /// <summary>The columns of the file that it reads.</summary>
    public IEnumerable<string> Reads => Column is not null ? [Column] : Template?.Columns ?? [];
}
