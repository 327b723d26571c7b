namespace Crm.Api.Http;

/// <summary>
/// Says of a member whose shape the type system does not know what part of a record it holds, for the API's documentation.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class RecordPartAttribute(RecordPart part) : Attribute
{
    /// <summary>The part.</summary>
    public RecordPart Part { get; } = part;
}

/// <summary>A part of a record, or of a question about records.</summary>
internal enum RecordPart
{
    /// <summary>A record as it is read: whole, or the fields asked for. In a list, each item.</summary>
    Record,

    /// <summary>The value of a field, or a figure. In a list or dictionary, each item.</summary>
    Value,

    /// <summary>A filter.</summary>
    Filter,

    /// <summary>A list of fields.</summary>
    Fields,

    /// <summary>A list of relations.</summary>
    Expand,

    /// <summary>The name of a record type.</summary>
    TypeName,
}
