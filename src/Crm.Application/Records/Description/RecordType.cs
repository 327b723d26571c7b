using System.Collections.Frozen;
using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;
using Crm.Domain.Common;

namespace Crm.Application.Records;

/// <summary>
/// What a record type is, said once: its fields, relations and names. Lists, filters, reports, imports, the change log and the API's
/// documentation all read it.
/// </summary>
public abstract class RecordType
{
    private readonly List<Field> _fields = [];
    private readonly List<Relation> _relations = [];
    private FrozenDictionary<string, Field>? _fieldsByName;
    private FrozenDictionary<string, Relation>? _relationsByName;

    private protected RecordType(string name, string plural, string permissions, bool writersDelete, Type entityType)
    {
        Name = name;
        Plural = plural;
        Noun = name.Replace('_', ' ');
        Nouns = plural.Replace('-', ' ');
        ReadPermission = permissions + ":read";
        WritePermission = permissions + ":write";
        DeletePermission = permissions + (writersDelete ? ":write" : ":delete");
        PurgePermission = permissions + (writersDelete ? ":write" : ":purge");
        EntityType = entityType;
    }

    /// <summary>The name of the type in the API and in the change log, such as <c>contact</c>.</summary>
    public string Name { get; }

    /// <summary>The name of the collection, in paths and permissions, such as <c>contacts</c>.</summary>
    public string Plural { get; }

    /// <summary>What people call one record, in messages and in the documentation, such as <c>API key</c>.</summary>
    public string Noun { get; private protected init; }

    /// <summary>What people call several records, such as <c>API keys</c>.</summary>
    public string Nouns { get; private protected init; }

    /// <summary>The word for one record with its article, such as <c>an invitation</c>.</summary>
    public string OneNoun => ("aeio".Contains(char.ToLowerInvariant(Noun[0]), StringComparison.Ordinal) ? "an " : "a ") + Noun;

    /// <summary>
    /// Where the collection is in the API, behind the version: the collection's name, below <c>admin/</c> for what administers the tenant.
    /// </summary>
    public string Path => IsAdministration ? "admin/" + Plural : Plural;

    /// <summary>Whether its records administer the tenant.</summary>
    public bool IsAdministration { get; private protected init; }

    /// <summary>Whether a plan limits how many there are, and usage counts them.</summary>
    public bool IsLimitedByPlan { get; private protected init; }

    /// <summary>Whether the records of a user who is deactivated are handed over to another.</summary>
    public bool IsHandedOver { get; private protected init; }

    /// <summary>The entity it describes.</summary>
    public Type EntityType { get; }

    /// <summary>The fields, in the order in which answers carry them.</summary>
    public IReadOnlyList<Field> Fields => _fields;

    /// <summary>The relations.</summary>
    public IReadOnlyList<Relation> Relations => _relations;

    /// <summary>All record types, this one among them.</summary>
    internal RecordModel Types { get; set; } = null!;

    /// <summary>The permission to read records of this type.</summary>
    public string ReadPermission { get; }

    /// <summary>The permission to create and change records of this type.</summary>
    public string WritePermission { get; }

    /// <summary>The permission to put records of this type in the trash and to restore them.</summary>
    public string DeletePermission { get; }

    /// <summary>The permission to remove records of this type for good.</summary>
    public string PurgePermission { get; }

    /// <summary>Finds a field.</summary>
    public Field? Field(string name) =>
        (_fieldsByName ??= _fields.ToFrozenDictionary(f => f.Name)).GetValueOrDefault(name);

    /// <summary>Finds a relation.</summary>
    public Relation? Relation(string name) =>
        (_relationsByName ??= _relations.ToFrozenDictionary(r => r.Name)).GetValueOrDefault(name);

    private protected Field Add(PropertyInfo property, FieldKind kind)
    {
        var field = new Field(JsonNamingPolicy.CamelCase.ConvertName(property.Name), kind, property);
        _fields.Add(field);
        return field;
    }

    private protected void Add(Relation relation)
    {
        relation.Key.Relation = relation;
        _relations.Add(relation);
    }
}

/// <summary>The description of one entity's records; a subclass declares the fields in its constructor.</summary>
/// <typeparam name="TRecord">The entity.</typeparam>
public abstract class RecordType<TRecord> : RecordType
    where TRecord : Record
{
    /// <summary>Begins with the fields every record has.</summary>
    protected RecordType(string name, string plural, string? permissions = null, bool writersDelete = false)
        : base(name, plural, permissions ?? plural, writersDelete, typeof(TRecord))
    {
        Declare(r => r.Id, FieldKind.Id).OnlyOnCreate().Unique().Described("The identity, a UUIDv7; a client may supply it on create.");
        Declare(r => r.Version, FieldKind.Integer).Described("Grows by one with every change; the record's ETag.");
        Declare(r => r.CreatedAt, FieldKind.Timestamp).Described("When the record was created.");
        Declare(r => r.UpdatedAt, FieldKind.Timestamp).Described("When the record was last changed.");
        Declare(r => r.DeletedAt, FieldKind.Timestamp).Described("When the record was put in the trash; null while it is live.");
        Refer(r => r.OwnerId, "owner", typeof(Domain.Identity.Member)).Described("The user responsible for the record.");
    }

    /// <summary>Declares a text.</summary>
    protected Field Text(Expression<Func<TRecord, string?>> property) => Declare(property, FieldKind.Text);

    /// <summary>Declares a text out of a fixed set.</summary>
    protected Field Choice(Expression<Func<TRecord, string?>> property, IReadOnlyList<string> choices) =>
        Declare(property, FieldKind.Choice).OneOf(choices);

    /// <summary>Declares a field of any kind.</summary>
    /// <typeparam name="TValue">The property's type.</typeparam>
    protected Field Declare<TValue>(Expression<Func<TRecord, TValue>> property, FieldKind kind) =>
        Add(typeof(TRecord).GetProperty(((MemberExpression)property.Body).Member.Name)!, kind);

    /// <summary>Declares a reference and the relation it is the key of.</summary>
    /// <typeparam name="TValue">The property's type.</typeparam>
    protected Field Refer<TValue>(Expression<Func<TRecord, TValue>> property, string relation, Type target)
    {
        var key = Declare(property, FieldKind.Id);
        Add(new Relation(relation, key, target));
        return key;
    }
}
