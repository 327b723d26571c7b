namespace Crm.Domain.Identity;

/// <summary>What a role may do with a field. A role without a word about it may do what it may do with the record.</summary>
public static class FieldRules
{
    /// <summary>The field does not exist for the member: neither to be read nor to be written.</summary>
    public const string None = "none";

    /// <summary>The field can be read, not written.</summary>
    public const string Read = "read";

    /// <summary>All rules, the narrowest first.</summary>
    public static IReadOnlyList<string> Every { get; } = [None, Read];
}
