namespace Crm.Application.Records;

/// <summary>A field, perhaps of a related record: <c>name</c>, <c>company.country</c>, <c>company.parent.name</c>.</summary>
/// <param name="Relations">The relations to follow; none for the record's own fields, two at most.</param>
/// <param name="Field">The field.</param>
public sealed record FieldPath(IReadOnlyList<Relation> Relations, Field Field)
{
    /// <summary>How many relations may be followed.</summary>
    public const int MaxDepth = 2;

    /// <summary>The path as the client wrote it.</summary>
    public string Text => string.Join('.', Relations.Select(r => r.Name).Append(Field.Name));

    /// <summary>
    /// Resolves a path. A path to a field or through a relation that does not exist for the caller is as unknown as one that does not exist
    /// at all.
    /// </summary>
    public static FieldPath? Resolve(RecordType description, string text, RecordView access)
    {
        var steps = text.Split('.');
        if (steps.Length > MaxDepth + 1)
            return null;

        var relations = new Relation[steps.Length - 1];
        for (var i = 0; i < relations.Length; i++)
        {
            if (access.Relation(description, steps[i]) is not { } relation)
                return null;
            relations[i] = relation;
            description = relation.Target;
        }

        return access.Field(description, steps[^1]) is { } field ? new FieldPath(relations, field) : null;
    }

    /// <inheritdoc />
    public bool Equals(FieldPath? other) => other is not null && Field == other.Field && Relations.SequenceEqual(other.Relations);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Field, Relations.Count);
}
