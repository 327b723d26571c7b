using Crm.Application.Records;
using Crm.Domain.ApiKeys;
using Crm.Domain.Identity;

namespace Crm.Application.ApiKeys;

/// <summary>API keys as the API lists them.</summary>
public sealed class ApiKeyRecord : RecordType<ApiKey>
{
    /// <summary>The longest name.</summary>
    public const int LongestName = 100;

    /// <summary>Declares the fields.</summary>
    public ApiKeyRecord()
        : base("api_key", "api-keys", permissions: "api_keys", writersDelete: true)
    {
        (Noun, Nouns) = ("API key", "API keys");
        Text(k => k.Name).AtMost(LongestName).Required().Described("What it is called.");
        Refer(k => k.UserId, "user", typeof(Member)).Described("The member it acts for, who made it.");
        Declare(k => k.Scopes, FieldKind.Tags).NotIndexed().Described("The permissions it is cut down to.");
        Declare(k => k.AllowedIps, FieldKind.Tags).AtMost(64).NotIndexed().Obeying<IReadOnlyList<string>>((ranges, _) => ApiKeyRules.FaultsOf(ranges)).Described("The addresses and ranges (CIDR) it may be used from; none for anywhere.");
        Declare(k => k.ExpiresAt, FieldKind.Timestamp).Obeying<DateTimeOffset>((expiresAt, _) => ApiKeyRules.FaultsOf(expiresAt, Types.Clock.GetUtcNow())).Described("When it is no longer good; null for never.");
        Text(k => k.Prefix).Described("The beginning of its present secret.");
        Text(k => k.LastFour).Described("The last four characters of its present secret.");
        Declare(k => k.RotatedAt, FieldKind.Timestamp).Described("When its present secret was made.");
        Declare(k => k.LastUsedAt, FieldKind.Timestamp).Described("When it was used last, some seconds late; does not change the version.");
    }
}
