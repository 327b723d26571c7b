namespace Crm.Application.Records;

/// <summary>What of a record is answered: its own fields, and those of related records.</summary>
/// <param name="Type">The record type.</param>
/// <param name="Fields">The record's own fields, in the order of the description.</param>
/// <param name="Expanded">Related records to answer beside their keys.</param>
public sealed record RecordSelection(RecordDescription Type, IReadOnlyList<RecordField> Fields, IReadOnlyList<ExpandedRelation> Expanded)
{
    /// <summary>Whether all own fields and nothing else is answered, so that the answer carries an ETag.</summary>
    public bool IsWhole => Expanded.Count == 0 && Fields.Count == Type.Fields.Count;

    private string? _signature;

    /// <summary>A text that is equal for selections of the same parts.</summary>
    public string Signature => _signature ??= IsWhole
        ? Type.Name
        : $"{Type.Name}({(Fields.Count == Type.Fields.Count ? "*" : string.Join(',', Fields.Select(f => f.Name)))}{string.Concat(Expanded.Select(e => $";{e.Relation.Name}:{e.Selection.Signature}"))})";

    /// <summary>All fields of a type and nothing else.</summary>
    /// <param name="type">The record type.</param>
    /// <returns>The selection.</returns>
    public static RecordSelection Whole(RecordDescription type) => new(type, type.Fields, []);
}

/// <summary>A related record that is answered beside its key.</summary>
/// <param name="Relation">The relation.</param>
/// <param name="Selection">What of the related record is answered.</param>
public sealed record ExpandedRelation(Relation Relation, RecordSelection Selection);
