using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.Application.Identity;
using Crm.Infrastructure;
using Crm.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Application.Tests.Identity;

/// <summary>An installation's tokens, and the tools to forge some.</summary>
internal sealed class TokenWorkshop : ISigningKeySource
{
    private readonly List<StoredKey> _keys = [];

    public TokenWorkshop(params (string Key, string Value)[] configuration)
    {
        AddKey();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(configuration.Select(c => KeyValuePair.Create(c.Key, (string?)c.Value))).Build());
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<ISigningKeySource>(this);
        services.AddLogging();
        services.AddFeatures("Identity");
        var provider = services.BuildServiceProvider();
        Tokens = provider.GetRequiredService<IAccessTokens>();
        PublicKeys = provider.GetRequiredService<IPublicKeys>();
    }

    public ManualTime Time { get; } = new(DateTimeOffset.UnixEpoch.AddDays(20_000));

    public IAccessTokens Tokens { get; }

    public IPublicKeys PublicKeys { get; }

    public Guid User { get; } = Guid.NewGuid();

    public Guid Tenant { get; } = Guid.NewGuid();

    public Guid Session { get; } = Guid.NewGuid();

    /// <summary>The RFC 7638 thumbprint of the key added last.</summary>
    public string NewestKeyId
    {
        get
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(_keys[^1].Pem);
            var point = key.ExportParameters(includePrivateParameters: false).Q;
            var json = $$"""{"crv":"P-256","kty":"EC","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}""";
            return Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(json)));
        }
    }

    /// <summary>How often the keys were loaded.</summary>
    public int Loads { get; private set; }

    public IReadOnlyList<StoredKey> Load()
    {
        Loads++;
        return [.. _keys];
    }

    public void AddKey(DateTimeOffset? signsFrom = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _keys.Add(new StoredKey(key.ExportPkcs8PrivateKeyPem(), signsFrom));
    }

    public void RemoveOldestKey() => _keys.RemoveAt(0);

    /// <summary>A good token whose header or claims are changed before it is signed with the installation's own key.</summary>
    public string Forge(Action<JsonObject>? header = null, Action<JsonObject>? claims = null) => Sign(Unsigned(header, claims));

    /// <summary>A good token whose header or claims are changed before it is signed with a key of one's own.</summary>
    public string Forge(ECDsa key, Action<JsonObject>? header = null, Action<JsonObject>? claims = null) => Sign(key, Unsigned(header, claims));

    /// <summary>Signs a header and claims with the installation's own key.</summary>
    public string Sign(string unsigned)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(_keys[^1].Pem);
        return Sign(key, unsigned);
    }

    public string Unsigned(Action<JsonObject>? header = null, Action<JsonObject>? claims = null)
    {
        var parts = Tokens.Issue(User, Tenant, Session).Value.Split('.');
        return $"{Change(parts[0], header)}.{Change(parts[1], claims)}";
    }

    public static JsonObject Read(string part) => JsonNode.Parse(Base64Url.DecodeFromChars(part))!.AsObject();

    private static string Sign(ECDsa key, string unsigned)
    {
        var signature = key.SignData(Encoding.ASCII.GetBytes(unsigned), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"{unsigned}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Change(string part, Action<JsonObject>? change)
    {
        var json = Read(part);
        change?.Invoke(json);
        return Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(json));
    }
}
