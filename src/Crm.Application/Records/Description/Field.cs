using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;
using Crm.Domain.Common;

namespace Crm.Application.Records;

/// <summary>One field of a record type, as its description declares it. Declared once at start-up; read-only afterwards.</summary>
public sealed class Field
{
    private readonly Func<object, object?> _get;
    private readonly Action<object, object?>? _set;

    internal Field(string name, FieldKind kind, PropertyInfo property)
    {
        Name = name;
        EncodedName = JsonEncodedText.Encode(name);
        Kind = kind;
        Property = property;
        var nullability = new NullabilityInfoContext().Create(property).ReadState;
        Nullable = nullability == NullabilityState.Nullable;
        Filterable = kind is not (FieldKind.Phones or FieldKind.Addresses or FieldKind.Rules);
        Sortable = Filterable && kind is not (FieldKind.Tags or FieldKind.Emails);
        Write = FieldWriting.Of(property);
        _get = CompileGetter(property);
        _set = property.SetMethod is { IsPublic: true } setter ? CompileSetter(property, setter) : null;
    }

    /// <summary>The name in the API, camelCase.</summary>
    public string Name { get; }

    /// <summary>The name, ready to be written as a JSON member.</summary>
    public JsonEncodedText EncodedName { get; }

    /// <summary>What it holds.</summary>
    public FieldKind Kind { get; }

    /// <summary>The property of the entity it stands for.</summary>
    public PropertyInfo Property { get; }

    /// <summary>Whether it can be without a value.</summary>
    public bool Nullable { get; private set; }

    /// <summary>Whether a record cannot be created without it.</summary>
    public bool IsRequired { get; private set; }

    /// <summary>When a client may set it.</summary>
    public FieldWrite Write { get; private set; }

    /// <summary>Whether it may stand in a filter.</summary>
    public bool Filterable { get; private set; }

    /// <summary>Whether records may be sorted by it.</summary>
    public bool Sortable { get; private set; }

    /// <summary>The longest text in UTF-16 code units; for lists the longest item.</summary>
    public int MaxLength { get; private set; } = 255;

    /// <summary>Whether a text may have several lines; names and the like stand on one.</summary>
    public bool IsMultiLine { get; private set; }

    /// <summary>The most items a list or a set of rules may have.</summary>
    public int MaxItems { get; private set; } = RecordLimits.Items;

    /// <summary>The smallest whole number allowed.</summary>
    public int Min { get; private set; } = int.MinValue;

    /// <summary>The largest whole number allowed.</summary>
    public int Max { get; private set; } = int.MaxValue;

    /// <summary>The texts allowed in a <see cref="FieldKind.Choice"/>.</summary>
    public IReadOnlyList<string> Choices { get; private set; } = [];

    /// <summary>
    /// The stored twin in lower case with C collation that serves prefix and order without regard to case; the name of a property of the
    /// EF model. <c>null</c> when there is none.
    /// </summary>
    public string? LowerCaseTwin { get; private set; }

    /// <summary>Whether the text is kept, and compared, in lower case.</summary>
    public bool IsLowerCased { get; private set; }

    /// <summary>The table with one row per value that serves <c>any</c> and <c>all</c>; <c>null</c> for fields with one value.</summary>
    public string? ValueTable { get; private set; }

    /// <summary>
    /// Whether people and other systems name a record by it, so that references and imports may be resolved by it; an index finds it.
    /// </summary>
    public bool IsIdentifying { get; private set; }

    /// <summary>Whether no two live records have the same value.</summary>
    public bool IsUnique { get; private set; }

    /// <summary>One sentence for the API's documentation.</summary>
    public string Summary { get; private set; } = "";

    /// <summary>The relation this field is the key of; <c>null</c> when it refers to nothing.</summary>
    public Relation? Relation { get; internal set; }

    /// <summary>
    /// The fields of the same record whose values follow from this one, alone or with what everyone knows: this field is hidden with any of
    /// them.
    /// </summary>
    public IReadOnlyList<string> Tells { get; private set; } = [];

    /// <summary>
    /// How many records may stand above one another by this reference to a record of the same type; <c>null</c> when references may run in
    /// circles.
    /// </summary>
    public int? Levels { get; private set; }

    /// <summary>What is wrong with a value of the right form, given where it stands; <c>null</c> when every such value is good.</summary>
    internal Func<object, string, IEnumerable<FieldError>>? Rule { get; private set; }

    /// <summary>Whether the entity sets it by its own rules instead of taking what was sent.</summary>
    public bool SetByRules => _set is null;

    /// <summary>Reads the field of an entity.</summary>
    public object? Get(object entity) => _get(entity);

    /// <summary>Makes of a text what the field keeps.</summary>
    public string Kept(string text) => IsLowerCased ? text.ToLowerInvariant() : text;

    /// <summary>Sets the field of an entity.</summary>
    /// <exception cref="InvalidOperationException">The entity sets it by its own rules.</exception>
    public void Set(object entity, object? value)
    {
        if (_set is null)
            throw new InvalidOperationException($"{Property.DeclaringType?.Name}.{Property.Name} is set by rules.");
        _set(entity, value);
    }

    /// <summary>A record cannot be created without it, and it cannot be cleared.</summary>
    public Field Required()
    {
        IsRequired = true;
        Nullable = false;
        return this;
    }

    /// <summary>Sets the longest text.</summary>
    public Field AtMost(int length, bool multiLine = false)
    {
        (MaxLength, IsMultiLine) = (length, multiLine);
        return this;
    }

    /// <summary>Sets the most items of a list or a set of rules.</summary>
    public Field AtMostItems(int items)
    {
        MaxItems = items;
        return this;
    }

    /// <summary>Sets the range of a whole number.</summary>
    public Field Between(int min, int max)
    {
        (Min, Max) = (min, max);
        return this;
    }

    /// <summary>Sets the texts allowed.</summary>
    public Field OneOf(IReadOnlyList<string> choices)
    {
        Choices = choices;
        return this;
    }

    /// <summary>Text to read, not to search by: neither filterable nor sortable.</summary>
    public Field NotIndexed()
    {
        Filterable = Sortable = false;
        return this;
    }

    /// <summary>The field has a stored twin in lower case.</summary>
    public Field FoldedInto(string twin)
    {
        LowerCaseTwin = twin;
        return this;
    }

    /// <summary>The text is kept in lower case, and whatever is compared with it is read so.</summary>
    public Field LowerCased()
    {
        IsLowerCased = true;
        return this;
    }

    /// <summary>The field's values stand one per row in a table of their own.</summary>
    public Field ListedIn(string table)
    {
        ValueTable = table;
        return this;
    }

    /// <summary>People and other systems name a record by it; several records may have the same value.</summary>
    public Field Identifying()
    {
        IsIdentifying = true;
        return this;
    }

    /// <summary>No two live records have the same value, which an index guards; it identifies a record.</summary>
    public Field Unique()
    {
        IsUnique = true;
        return Identifying();
    }

    /// <summary>References among records of this type form trees: no record stands above itself, and only so many above any one.</summary>
    public Field Hierarchy(int levels)
    {
        Levels = levels;
        return this;
    }

    /// <summary>The client sets it while creating, never later.</summary>
    public Field OnlyOnCreate()
    {
        Write = FieldWrite.OnCreate;
        return this;
    }

    /// <summary>The client may send it, and the entity decides by its rules what follows.</summary>
    public Field WrittenByRules()
    {
        Write = FieldWrite.Always;
        return this;
    }

    /// <summary>Not every value of the right form is good; what is wrong is told together with all other faults of a body.</summary>
    /// <typeparam name="TValue">The type of the values.</typeparam>
    public Field Obeying<TValue>(Func<TValue, string, IEnumerable<FieldError>> rule)
    {
        Rule = (value, pointer) => rule((TValue)value, pointer);
        return this;
    }

    /// <summary>Whoever reads the field knows other fields by it.</summary>
    public Field Telling(params IReadOnlyList<string> fields)
    {
        Tells = fields;
        return this;
    }

    /// <summary>Says what the field is, for the API's documentation.</summary>
    public Field Described(string summary)
    {
        Summary = summary;
        return this;
    }

    private static Func<object, object?> CompileGetter(PropertyInfo property)
    {
        var entity = Expression.Parameter(typeof(object));
        var value = Expression.Property(Expression.Convert(entity, property.DeclaringType!), property);
        return Expression.Lambda<Func<object, object?>>(Expression.Convert(value, typeof(object)), entity).Compile();
    }

    private static Action<object, object?> CompileSetter(PropertyInfo property, MethodInfo setter)
    {
        var entity = Expression.Parameter(typeof(object));
        var value = Expression.Parameter(typeof(object));
        var call = Expression.Call(Expression.Convert(entity, property.DeclaringType!), setter, Expression.Convert(value, property.PropertyType));
        return Expression.Lambda<Action<object, object?>>(call, entity, value).Compile();
    }
}
