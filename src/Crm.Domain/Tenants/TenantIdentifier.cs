namespace Crm.Domain.Tenants;

/// <summary>The rules of a tenant's short name, which stands in host names and headers.</summary>
public static class TenantIdentifier
{
    /// <summary>The fewest characters of an identifier.</summary>
    public const int MinLength = 3;

    /// <summary>The most characters of an identifier.</summary>
    public const int MaxLength = 40;

    /// <summary>
    /// Whether the text may be an identifier: 3–40 of a–z, 0–9 and hyphen, beginning with a letter, not ending with a hyphen. A UUID may
    /// not,
    /// since requests name a tenant by identifier or by id and the two must not be mistaken for each other.
    /// </summary>
    public static bool IsValid(string? text) =>
        text is { Length: >= MinLength and <= MaxLength }
        && char.IsAsciiLetterLower(text[0])
        && text[^1] != '-'
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
        && !Guid.TryParse(text, out _);
}
