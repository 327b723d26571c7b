namespace Crm.Application.Records;

/// <summary>What a field holds, and thereby how it is read, checked, compared and written.</summary>
public enum FieldKind
{
    /// <summary>A UUID: the record's own or that of another record.</summary>
    Id,

    /// <summary>Unicode text.</summary>
    Text,

    /// <summary>One of a fixed set of snake_case texts; clients must expect further ones.</summary>
    Choice,

    /// <summary>A whole number of 32 bits.</summary>
    Integer,

    /// <summary>An amount with its currency.</summary>
    Money,

    /// <summary>Yes or no.</summary>
    Boolean,

    /// <summary>A day without time or zone.</summary>
    Date,

    /// <summary>An instant, UTC.</summary>
    Timestamp,

    /// <summary>A set of short texts.</summary>
    Tags,

    /// <summary>A list of e-mail addresses with labels.</summary>
    Emails,

    /// <summary>A list of telephone numbers with labels.</summary>
    Phones,

    /// <summary>A list of postal addresses.</summary>
    Addresses,

    /// <summary>Rules by what they are about, both texts.</summary>
    Rules,
}
