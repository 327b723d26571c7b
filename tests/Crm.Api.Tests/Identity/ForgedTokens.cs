using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.Testing;

namespace Crm.Api.Tests.Identity;

/// <summary>
/// Forges access tokens of a running installation: with its own key, to show which part of a token is under attack, or without it, as an
/// attacker has to.
/// </summary>
internal sealed class ForgedTokens : IDisposable
{
    private readonly string _header;
    private readonly string _claims;
    private readonly ECDsa _ours = ECDsa.Create();

    public ForgedTokens(ApiHost host, string goodToken)
    {
        (_header, _claims) = (Read(goodToken.Split('.')[0]), Read(goodToken.Split('.')[1]));
        _ours.ImportFromPem(File.ReadAllText(Directory.GetFiles(Path.Combine(host.Home, "signing-keys"), "*.pem").Single()));
    }

    /// <summary>A key the attacker has made.</summary>
    public ECDsa Theirs { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>The public half of the installation's key, as the world knows it.</summary>
    public string OurPublicPem => _ours.ExportSubjectPublicKeyInfoPem();

    /// <summary>The public half of the attacker's key.</summary>
    public JsonObject TheirJwk
    {
        get
        {
            var point = Theirs.ExportParameters(includePrivateParameters: false).Q;
            return new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = Base64Url.EncodeToString(point.X), ["y"] = Base64Url.EncodeToString(point.Y) };
        }
    }

    /// <summary>Changes the good token and signs it with the installation's own key.</summary>
    public string Ours(Action<JsonObject>? header = null, Action<JsonObject>? claims = null) => Sign(_ours, Unsigned(header, claims));

    /// <summary>Changes the good token and signs it with the attacker's key.</summary>
    public string TheirsOver(Action<JsonObject>? header = null, Action<JsonObject>? claims = null) => Sign(Theirs, Unsigned(header, claims));

    /// <summary>Writes a header and claims by hand and signs them with the installation's own key.</summary>
    public string OursOver(Func<string, string> header, Func<string, string> claims) => Sign(_ours, $"{Write(header(_header))}.{Write(claims(_claims))}");

    /// <summary>The good token with its signature in the other form there is for it.</summary>
    public string InDer()
    {
        var unsigned = Unsigned();
        return $"{unsigned}.{Base64Url.EncodeToString(_ours.SignData(Encoding.ASCII.GetBytes(unsigned), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))}";
    }

    /// <summary>Header and claims without a signature.</summary>
    public string Unsigned(Action<JsonObject>? header = null, Action<JsonObject>? claims = null) => $"{Change(_header, header)}.{Change(_claims, claims)}";

    public void Dispose()
    {
        _ours.Dispose();
        Theirs.Dispose();
    }

    private static string Sign(ECDsa key, string unsigned) =>
        $"{unsigned}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(unsigned), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))}";

    private static string Change(string part, Action<JsonObject>? change)
    {
        var json = JsonNode.Parse(part)!.AsObject();
        change?.Invoke(json);
        return Write(json.ToJsonString(JsonSerializerOptions.Web));
    }

    private static string Read(string part) => Encoding.UTF8.GetString(Base64Url.DecodeFromChars(part));

    private static string Write(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
