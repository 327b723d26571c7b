using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.Common;

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
    public RecordType Type => Target.Type;

    /// <summary>References to records of the same type, which may stand further down in the same file.</summary>
    public IReadOnlyList<ImportColumn> SelfReferences { get; } = [.. Columns.Where(c => IsSelfReference(c, Target.Type))];

    /// <summary>
    /// Refuses a caller who may not, or no longer, do all of it: write the records and every field that is mapped, and read what rows are
    /// looked up by.
    /// </summary>
    /// <exception cref="ForbiddenException">The caller lacks a permission, or its role has come to restrict a field.</exception>
    public void Demand(ICaller caller)
    {
        foreach (var permission in Permissions)
            AccessRules.Demand(caller, permission);
        var access = RecordView.Of(caller);
        if (!access.IsFull && !Columns.All(c => access.MayWrite(Type, c.Field) && (c.Lookup is null || access.MayRead(c.Field.Relation!.Target, c.Lookup))))
            throw RecordErrors.FieldRestricted(Type);
        if (Key is null && !RecordBinder.MayCreate(Type, access))
            throw RecordErrors.FieldRestricted(Type);
    }

    private IEnumerable<string> Permissions => Columns.Where(c => c.Lookup is not null).Select(c => c.Field.Relation!.Target.ReadPermission)
        .Append(Type.WritePermission).Concat(Key is null ? [] : [Type.ReadPermission]).Distinct();

    private static bool IsSelfReference(ImportColumn column, RecordType type) => column.Lookup is not null && column.Field.Relation!.Target == type;
}

/// <summary>Where one field's value comes from. Exactly one of column, value and template is there.</summary>
internal sealed record ImportColumn
{
    // Numbers, dates, choices and ids are far shorter.
    private const int LongestSimple = 1000;

    private readonly int _longestReplaced;

    /// <summary>The field.</summary>
    public required Field Field { get; init; }

    /// <summary>The place of this entry in the mapping.</summary>
    public required string Pointer { get; init; }

    /// <summary>The file's column, by its header.</summary>
    public string? Column { get; init; }

    /// <summary>The same value for all rows.</summary>
    public string? Value { get; init; }

    /// <summary>A text with the cells of several columns in it.</summary>
    public CellTemplate? Template { get; init; }

    /// <summary>The field of the record referred to whose value is given; <c>null</c> where the reference is given as an id.</summary>
    public Field? Lookup { get; init; }

    /// <summary>How the cells are written.</summary>
    public required CellFormat Format { get; init; }

    /// <summary>What is read in place of certain texts.</summary>
    public IReadOnlyDictionary<string, string> Replace
    {
        get;
        init
        {
            field = value;
            _longestReplaced = value.Keys.Select(text => text.Length).DefaultIfEmpty().Max();
        }
    } = new Dictionary<string, string>();

    /// <summary>The longest text in characters that can be a value of the field, or that is replaced by one.</summary>
    public int Longest => Math.Max(LongestOf(Lookup ?? Field), _longestReplaced);

    /// <summary>The text of a row's value before replacement; no longer than <see cref="Longest"/> needs it to be.</summary>
    public string TextOf(ImportRow row) => Column is not null ? row[Column] : Value ?? Template!.Fill(name => row[name], Longest);

    /// <summary>An upper bound of the characters that a row's value has, without making it.</summary>
    public int LengthOf(ImportRow row)
    {
        var length = Column is not null ? row[Column].Length
            : Value?.Length ?? (int)Math.Min(Longest, Template!.FixedLength + Template.Columns.Sum(name => (long)row[name].Length));
        if (Replace.Count == 0)
            return length;
        var replaced = Column is not null ? Replace.GetValueOrDefault(row[Column])?.Length ?? 0 : Replace.Values.Max(text => text.Length);
        return Math.Max(length, replaced);
    }

    /// <summary>The name by which faults tell where they are: the file's column, or the field where there is none.</summary>
    public string Name => Column ?? Field.Name;

    /// <summary>The columns of the file that it reads.</summary>
    public IEnumerable<string> Reads => Column is not null ? [Column] : Template?.Columns ?? [];

    private static int LongestOf(Field field) => field.Kind switch
    {
        FieldKind.Text => field.MaxLength,

        // With the separators, and some room for repeated items.
        FieldKind.Tags or FieldKind.Emails or FieldKind.Phones => 2 * RecordLimits.Items * field.MaxLength,
        _ => LongestSimple,
    };
}
