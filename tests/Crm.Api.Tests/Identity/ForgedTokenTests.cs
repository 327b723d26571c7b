using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Identity;

/// <summary>
/// Attacks on the access token as an attacker makes them: over HTTP. Every one is answered alike, so that no answer tells how far it came.
/// </summary>
public sealed class ForgedTokenTests(IdentityFixture fixture) : IClassFixture<IdentityFixture>
{
    private const string MePath = "/api/v1/me";

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task Forged_tokens_are_refused_all_alike()
    {
        var session = await Host.OpenSessionAsync(new { email = fixture.Acme.Email, password = fixture.Acme.Password });
        using var forged = new ForgedTokens(Host, session.AccessToken);
        (await AskAsync(forged.Ours())).Status.ShouldBe(HttpStatusCode.OK, "what is not changed must be good, or nothing is shown");

        var answers = new List<(string Attack, Answer Answer)>();
        foreach (var (attack, token) in Attacks(forged, session))
            answers.Add((attack, await AskAsync(token)));

        answers.Count.ShouldBeGreaterThan(35);
        foreach (var (attack, answer) in answers)
        {
            answer.Status.ShouldBe(HttpStatusCode.Unauthorized, attack);
            answer.Code.ShouldBe("invalid_token", attack);
            answer.Headers["Content-Type"].ShouldBe("application/problem+json", attack);
            answer.Headers["WWW-Authenticate"].ShouldBe("Bearer error=\"invalid_token\", error_description=\"The access token is not valid.\"", attack);
        }

        answers.Select(a => WithoutTrace(a.Answer)).Distinct().ShouldHaveSingleItem();
        (await AskAsync(session.AccessToken)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_token_that_expired_is_refused_in_the_same_shape_and_told_so()
    {
        using var forged = new ForgedTokens(Host, fixture.Acme.Token);
        var expired = await AskAsync(forged.Ours(claims: c => (c["iat"], c["exp"]) = (c["iat"]!.GetValue<long>() - 10_000, c["iat"]!.GetValue<long>() - 9_000)));
        var invalid = await AskAsync(forged.TheirsOver());

        expired.Status.ShouldBe(HttpStatusCode.Unauthorized);
        expired.Code.ShouldBe("token_expired");
        expired.Body!.AsObject().Select(m => m.Key).ShouldBe(invalid.Body!.AsObject().Select(m => m.Key));
        expired.Headers["WWW-Authenticate"].ShouldStartWith("Bearer error=\"invalid_token\"");
    }

    [Fact]
    public async Task A_good_token_for_what_its_session_is_not_for_is_refused()
    {
        using var forged = new ForgedTokens(Host, fixture.Acme.Token);
        var other = await Host.OpenSessionAsync(new { email = fixture.Beta.Email, password = fixture.Beta.Password });

        // Signed with our own key, as no attacker can: the session is the second wall.
        foreach (var token in new[]
        {
            forged.Ours(claims: c => c["tid"] = fixture.Beta.Id.ToString()),
            forged.Ours(claims: c => c["sid"] = other.SessionId.ToString()),
            forged.Ours(claims: c => c["sid"] = Guid.NewGuid().ToString()),
            forged.Ours(claims: c => c["sub"] = Guid.NewGuid().ToString()),
        })
        {
            var answer = await AskAsync(token);
            answer.Status.ShouldBe(HttpStatusCode.Unauthorized);
            answer.Code.ShouldBe("session_ended");
        }
    }

    private static IEnumerable<(string Attack, string Token)> Attacks(ForgedTokens forged, SignedIn session)
    {
        var good = session.AccessToken;
        foreach (var algorithm in new[] { "none", "None", "NONE", "" })
        {
            yield return ($"alg {algorithm}, no signature", forged.Unsigned(h => h["alg"] = algorithm) + ".");
            yield return ($"alg {algorithm}, our signature", forged.Ours(h => h["alg"] = algorithm));
        }

        foreach (var secret in new[] { forged.OurPublicPem, forged.OurPublicPem.Replace("\n", "", StringComparison.Ordinal), "" })
        {
            var unsigned = forged.Unsigned(h => h["alg"] = "HS256");
            yield return ("HS256 with the public key as secret", $"{unsigned}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(unsigned)))}");
        }

        using var certificate = new CertificateRequest("CN=attacker", forged.Theirs, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(36_500));
        foreach (var keyId in new[] { null, "theirs" })
        {
            void Put(JsonObject header, string member, JsonNode value)
            {
                header[member] = value;
                header["kid"] = keyId ?? header["kid"]!.GetValue<string>();
            }

            yield return ($"their key, kid {keyId}", forged.TheirsOver(h => h["kid"] = keyId ?? h["kid"]!.GetValue<string>()));
            yield return ($"jwk, kid {keyId}", forged.TheirsOver(h => Put(h, "jwk", forged.TheirJwk)));
            yield return ($"jku, kid {keyId}", forged.TheirsOver(h => Put(h, "jku", "https://attacker.example/keys.json")));
            yield return ($"x5u, kid {keyId}", forged.TheirsOver(h => Put(h, "x5u", "https://attacker.example/chain.pem")));
            yield return ($"x5c, kid {keyId}", forged.TheirsOver(h => Put(h, "x5c", new JsonArray(Convert.ToBase64String(certificate.RawData)))));
        }

        yield return ("kid of nothing", forged.Ours(h => h["kid"] = "unknown"));
        yield return ("kid as a path", forged.Ours(h => h["kid"] = "../../../dev/null"));
        yield return ("no kid", forged.Ours(h => h.Remove("kid")));
        yield return ("crit", forged.Ours(h => h["crit"] = new JsonArray("exp")));
        foreach (var type in new[] { "JWT", "id+jwt", "at+JWT", null })
            yield return ($"typ {type}", forged.Ours(h => h["typ"] = type));
        foreach (var claim in new[] { "iss", "aud" })
            yield return ($"other {claim}", forged.Ours(claims: c => c[claim] = "other"));
        foreach (var claim in new[] { "iss", "aud", "sub", "tid", "sid", "jti", "iat", "exp" })
            yield return ($"no {claim}", forged.Ours(claims: c => c.Remove(claim)));
        yield return ("issued in the future", forged.Ours(claims: c => c["iat"] = c["iat"]!.GetValue<long>() + 300));
        yield return ("not yet valid", forged.Ours(claims: c => c["nbf"] = c["iat"]!.GetValue<long>() + 300));
        yield return ("for a year", forged.Ours(claims: c => c["exp"] = c["iat"]!.GetValue<long>() + (365 * 86_400)));
        yield return ("both tenant and host", forged.Ours(claims: c => c["scope"] = "host"));
        yield return ("another tenant edited in", $"{good.Split('.')[0]}.{forged.Unsigned(claims: c => c["tid"] = Guid.NewGuid().ToString()).Split('.')[1]}.{good.Split('.')[2]}");
        yield return ("the host edited in", $"{good.Split('.')[0]}.{forged.Unsigned(claims: c => (c["scope"], _) = ("host", c.Remove("tid"))).Split('.')[1]}.{good.Split('.')[2]}");
        yield return ("signature in DER", forged.InDer());
        yield return ("no signature", good[..(good.LastIndexOf('.') + 1)]);
        yield return ("signature cut short", good[..^4]);
        yield return ("trailing garbage", good + "AAAA");
        yield return ("a fourth part", good + ".AAAA");
        yield return ("padding", good + "=");
        yield return ("a zero signature", good[..(good.LastIndexOf('.') + 1)] + Base64Url.EncodeToString(new byte[64]));
        yield return ("alg twice", forged.OursOver(h => "{\"alg\":\"none\"," + h[1..], c => c));
        yield return ("sub twice", forged.OursOver(h => h, c => $"{{\"sub\":\"{Guid.NewGuid()}\"," + c[1..]));
        yield return ("tid twice, the last one theirs", forged.OursOver(h => h, c => c[..^1] + $",\"tid\":\"{Guid.NewGuid()}\"}}"));
        yield return ("text behind the claims", forged.OursOver(h => h, c => c + "{}"));
        yield return ("a refresh token", session.RefreshToken);
    }

    private Task<Answer> AskAsync(string token) => Host.CreateClient().SendAsync("GET", MePath, null, ("Authorization", $"Bearer {token}"));

    private static string WithoutTrace(Answer answer)
    {
        var body = answer.Body!.DeepClone().AsObject();
        body.Remove("traceId").ShouldBeTrue();
        return body.ToJsonString();
    }
}
