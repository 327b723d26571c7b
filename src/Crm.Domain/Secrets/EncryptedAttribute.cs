namespace Crm.Domain.Secrets;

/// <summary>
/// A text that is kept encrypted. It is written by setting the property before a save, which encrypts it and empties the property; it is
/// never filled by a
/// load, so that nothing is decrypted that nobody asked for. What needs the text asks a service made for that, such as the one for provider
/// keys.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EncryptedAttribute : Attribute;
