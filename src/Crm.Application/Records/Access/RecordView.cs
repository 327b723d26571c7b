using Crm.Application.Authorization;

namespace Crm.Application.Records;

/// <summary>
/// What of the record types exists for a caller. Every name that a client sends is resolved here, so that a field, relation or type that is
/// not
/// the caller's to read is as unknown everywhere as one that does not exist. Whose records there are for the caller is a condition of each
/// statement, which the record engine adds.
/// </summary>
/// <param name="Permissions">What the caller may do.</param>
/// <param name="Grants">Which records the permissions cover, and which of their fields.</param>
public readonly record struct RecordView(IReadOnlySet<string> Permissions, RecordGrants Grants)
{
    /// <summary>The access of the present caller.</summary>
    public static RecordView Of(ICaller caller) => new(caller.Permissions, caller.Grants);

    /// <summary>Whether nothing restricts the caller beyond the permissions.</summary>
    public bool IsFull => ReferenceEquals(Grants, RecordGrants.Full);

    /// <summary>Whether a record type exists for the caller.</summary>
    public bool MayRead(RecordType type) => Permissions.Contains(type.ReadPermission);

    /// <summary>Whether a field exists for the caller: neither it nor anything that could be told from it is hidden.</summary>
    public bool MayRead(RecordType type, Field field)
    {
        if (IsFull)
            return true;
        if (!Grants.MayRead(type.Plural, field.Name))
            return false;
        foreach (var told in field.Tells)
        {
            if (!Grants.MayRead(type.Plural, told))
                return false;
        }

        return true;
    }

    /// <summary>Whether the caller may set a field of the records it may write. What does not exist for it cannot be set.</summary>
    public bool MayWrite(RecordType type, Field field) =>
        IsFull || (Grants.MayWrite(type.Plural, field.Name) && MayRead(type, field));

    /// <summary>Finds a field.</summary>
    public Field? Field(RecordType type, string name) => type.Field(name) is { } field && MayRead(type, field) ? field : null;

    /// <summary>Finds a relation.</summary>
    public Relation? Relation(RecordType type, string name) => type.Relation(name) is { } relation && MayFollow(type, relation) ? relation : null;

    /// <summary>The fields that exist for the caller.</summary>
    public IReadOnlyList<Field> Fields(RecordType type)
    {
        if (IsFull || !Grants.RestrictsFieldsOf(type.Plural))
            return type.Fields;
        var access = this;
        return [.. type.Fields.Where(f => access.MayRead(type, f))];
    }

    /// <summary>The relations that exist for the caller.</summary>
    public IEnumerable<Relation> Relations(RecordType type)
    {
        var access = this;
        return type.Relations.Where(r => access.MayFollow(type, r));
    }

    private bool MayFollow(RecordType type, Relation relation) => MayRead(relation.Target) && MayRead(type, relation.Key);
}
