using Crm.Application.Records;
using Crm.Domain.Secrets;

namespace Crm.Application.Secrets;

/// <summary>What a provider key is to the API. The secret is no field of it: nothing that reads this can name it.</summary>
public sealed class ProviderKeyRecord : RecordType<ProviderKey>
{
    /// <summary>Declares the fields.</summary>
    public ProviderKeyRecord()
        : base("provider_key", "provider-keys", permissions: "provider_keys", writersDelete: true)
    {
        Text(k => k.Provider).Described("The service it is for; a tenant has one live key for each.");
        Text(k => k.Name).AtMost(100).Required().FoldedInto("NameLower").Described("The name people know it by.");
        Text(k => k.Last4).Described("The last four characters of the secret.");
        Declare(k => k.RotatedAt, FieldKind.Timestamp).Described("When the present secret was put in.");
        Declare(k => k.LastUsedAt, FieldKind.Timestamp).Described("When the secret was used last, to the minute; null when it was not.");
    }
}
