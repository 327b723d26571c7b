using System.Text.Json;

namespace Crm.Application.Records;

/// <summary>
/// A reference from one record type to another, followed by paths such as <c>company.country</c> and by <c>expand=company</c>.
/// </summary>
/// <param name="Name">The name in the API, such as <c>company</c>.</param>
/// <param name="Key">The field that holds the other record's id.</param>
/// <param name="TargetType">The entity referred to.</param>
public sealed record Relation(string Name, Field Key, Type TargetType)
{
    /// <summary>The name, ready to be written as a JSON member.</summary>
    public JsonEncodedText EncodedName { get; } = JsonEncodedText.Encode(Name);

    /// <summary>The description of the type referred to; resolved when all descriptions are known.</summary>
    public RecordType Target { get; internal set; } = null!;
}
