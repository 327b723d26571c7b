namespace Crm.Application.Records;

/// <summary>Where in a row of values the parts of a record stand. One shape serves all rows of an answer.</summary>
/// <param name="Type">The record type.</param>
/// <param name="Fields">The fields to answer and where each one's value begins; money takes two places, amount and currency.</param>
/// <param name="Relations">The related records to answer.</param>
public sealed record RecordShape(RecordType Type, IReadOnlyList<FieldPlace> Fields, IReadOnlyList<RelationPlace> Relations)
{
    /// <summary>Where the id of every row's own record stands.</summary>
    public const int IdPlace = 0;

    /// <summary>Where the version of every row's own record stands.</summary>
    public const int VersionPlace = 1;
}

/// <summary>Where a field's value stands.</summary>
/// <param name="Field">The field.</param>
/// <param name="Place">Its first place in the row.</param>
public readonly record struct FieldPlace(Field Field, int Place);

/// <summary>Where a related record stands.</summary>
/// <param name="Relation">The relation.</param>
/// <param name="IdPlace">The place of the related record's id; no value there means that there is no such record.</param>
/// <param name="Shape">The related record's own parts.</param>
public readonly record struct RelationPlace(Relation Relation, int IdPlace, RecordShape Shape);
