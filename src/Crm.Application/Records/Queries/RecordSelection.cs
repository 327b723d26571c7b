namespace Crm.Application.Records;

/// <summary>What of a record is answered: its own fields, and those of related records.</summary>
/// <param name="Type">The record type.</param>
/// <param name="Fields">The record's own fields, in the order of the description.</param>
/// <param name="Expanded">Related records to answer beside their keys.</param>
public sealed record RecordSelection(RecordType Type, IReadOnlyList<Field> Fields, IReadOnlyList<ExpandedRelation> Expanded)
{
    /// <summary>Whether all own fields that exist for the caller are answered, which may be fewer than the type has.</summary>
    public bool HasAllFields { get; init; }

    /// <summary>
    /// Whether all own fields that exist for the caller and nothing else is answered, so that the answer carries an ETag.
    /// </summary>
    public bool IsWhole => Expanded.Count == 0 && (HasAllFields || HasEveryField);

    private bool HasEveryField => Fields.Count == Type.Fields.Count;

    private string? _signature;

    /// <summary>A text that is equal for selections of the same parts, whoever may see them: plans are kept by it.</summary>
    public string Signature => _signature ??= Expanded.Count == 0 && HasEveryField
        ? Type.Name
        : $"{Type.Name}({(HasEveryField ? "*" : string.Join(',', Fields.Select(f => f.Name)))}{string.Concat(Expanded.Select(e => $";{e.Relation.Name}:{e.Selection.Signature}"))})";

    /// <summary>All fields of a type and nothing else.</summary>
    public static RecordSelection Whole(RecordType type) => new(type, type.Fields, []);

    /// <summary>All fields of a type that exist for a caller, and nothing else.</summary>
    public static RecordSelection Whole(RecordType type, RecordView access) => new(type, access.Fields(type), []) { HasAllFields = true };
}

/// <summary>A related record that is answered beside its key.</summary>
/// <param name="Relation">The relation.</param>
/// <param name="Selection">What of the related record is answered.</param>
public sealed record ExpandedRelation(Relation Relation, RecordSelection Selection);
