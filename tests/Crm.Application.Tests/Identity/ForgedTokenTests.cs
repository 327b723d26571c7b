using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Identity;

/// <summary>
/// Attacks on the access token. Each one differs from a good token in the point under attack alone, which the first test shows to be good.
/// </summary>
public sealed class ForgedTokenTests
{
    private readonly TokenWorkshop _workshop = new();

    [Fact]
    public void The_workshop_makes_good_tokens_when_nothing_is_changed() =>
        _workshop.Tokens.Check(_workshop.Forge()).Token.ShouldNotBeNull();

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("")]
    public void A_token_without_signature_is_refused(string algorithm)
    {
        var unsigned = _workshop.Unsigned(h => h["alg"] = algorithm);

        Refused(unsigned);
        Refused(unsigned + ".");
        Refused(unsigned + "." + Base64Url.EncodeToString(new byte[64]));
    }

    [Fact]
    public void A_token_signed_by_hmac_with_the_public_key_as_its_secret_is_refused()
    {
        var key = _workshop.PublicKeys.Keys[0];
        var unsigned = _workshop.Unsigned(h => h["alg"] = "HS256");
        foreach (var secret in new[] { key.X + key.Y, $"{{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"{key.X}\",\"y\":\"{key.Y}\"}}", key.Id })
            Refused($"{unsigned}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(unsigned)))}");
    }

    [Theory]
    [InlineData("ES384")]
    [InlineData("RS256")]
    [InlineData("es256")]
    [InlineData("ES256 ")]
    public void Another_algorithm_in_the_header_is_refused_though_the_signature_is_right(string algorithm) =>
        Refused(_workshop.Forge(header: h => h["alg"] = algorithm));

    [Fact]
    public void A_token_signed_with_a_foreign_key_is_refused_under_our_key_id()
    {
        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        Refused(_workshop.Forge(foreign));
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("../../dev/null")]
    [InlineData("")]
    public void A_key_id_that_is_not_ours_is_refused(string id) =>
        Refused(_workshop.Forge(header: h => h["kid"] = id));

    [Fact]
    public void A_token_without_key_id_is_refused() =>
        Refused(_workshop.Forge(header: h => h.Remove("kid")));

    [Fact]
    public void A_key_brought_along_in_the_header_is_not_used()
    {
        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = foreign.ExportParameters(includePrivateParameters: false).Q;
        var jwk = new JsonObject
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["x"] = Base64Url.EncodeToString(point.X),
            ["y"] = Base64Url.EncodeToString(point.Y),
        };

        Refused(_workshop.Forge(foreign, header: h => h["jwk"] = jwk.DeepClone()));
        Refused(_workshop.Forge(foreign, header: h =>
        {
            h["jwk"] = jwk.DeepClone();
            h["kid"] = "mine";
        }));
    }

    [Theory]
    [InlineData("jku")]
    [InlineData("x5u")]
    public void A_key_pointed_to_by_the_header_is_not_fetched(string member)
    {
        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        Refused(_workshop.Forge(foreign, header: h => h[member] = "https://attacker.example/keys.json"));
        Refused(_workshop.Forge(foreign, header: h =>
        {
            h[member] = "https://attacker.example/keys.json";
            h["kid"] = "mine";
        }));
    }

    [Fact]
    public void An_extension_that_must_be_understood_is_refused() =>
        Refused(_workshop.Forge(header: h => h["crit"] = new JsonArray("exp")));

    [Theory]
    [InlineData("JWT")]
    [InlineData("id+jwt")]
    [InlineData("application/at+jwt")]
    [InlineData(null)]
    public void A_token_of_another_type_is_refused(string? type) =>
        Refused(_workshop.Forge(header: h => h["typ"] = type));

    [Theory]
    [InlineData("iss")]
    [InlineData("aud")]
    public void A_token_of_another_issuer_or_for_another_audience_is_refused(string claim)
    {
        Refused(_workshop.Forge(claims: c => c[claim] = "other"));
        Refused(_workshop.Forge(claims: c => c[claim] = c[claim]!.GetValue<string>().ToUpperInvariant()));
        Refused(_workshop.Forge(claims: c => c[claim] = new JsonArray(c[claim]!.DeepClone())));
    }

    [Theory]
    [InlineData("iss")]
    [InlineData("aud")]
    [InlineData("sub")]
    [InlineData("tid")]
    [InlineData("sid")]
    [InlineData("jti")]
    [InlineData("iat")]
    [InlineData("exp")]
    public void A_token_that_lacks_a_claim_is_refused(string claim) =>
        Refused(_workshop.Forge(claims: c => c.Remove(claim)));

    [Fact]
    public void A_token_that_opens_a_tenant_and_the_host_is_refused() =>
        Refused(_workshop.Forge(claims: c => c["scope"] = "host"));

    [Fact]
    public void A_token_with_another_scope_than_host_is_refused() =>
        Refused(_workshop.Forge(claims: c =>
        {
            c.Remove("tid");
            c["scope"] = "hosts";
        }));

    [Fact]
    public void A_token_longer_lived_than_a_day_is_refused() =>
        Refused(_workshop.Forge(claims: c => c["exp"] = c["iat"]!.GetValue<long>() + (24 * 3600) + 1));

    [Fact]
    public void A_token_from_the_future_is_refused() =>
        Refused(_workshop.Forge(claims: c => c["iat"] = c["iat"]!.GetValue<long>() + 31));

    [Fact]
    public void A_token_whose_time_has_not_come_is_refused()
    {
        long Now() => _workshop.Time.GetUtcNow().ToUnixTimeSeconds();

        _workshop.Tokens.Check(_workshop.Forge(claims: c => c["nbf"] = Now() + 30)).Token.ShouldNotBeNull();
        Refused(_workshop.Forge(claims: c => c["nbf"] = Now() + 31));
        Refused(_workshop.Forge(claims: c => c["nbf"] = "now"));
    }

    [Theory]
    [InlineData("1e99")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("\"9999999999\"")]
    [InlineData("9223372036854775807")]
    public void An_end_that_is_no_sensible_time_is_refused(string end) =>
        Refused(_workshop.Forge(claims: c => c["exp"] = JsonNode.Parse(end)));

    [Fact]
    public void A_token_of_which_any_character_was_changed_is_refused()
    {
        var token = _workshop.Tokens.Issue(_workshop.User, _workshop.Tenant, _workshop.Session).Value;
        _workshop.Tokens.Check(token).Token.ShouldNotBeNull();
        for (var i = 0; i < token.Length; i++)
        {
            // The last character of a part may carry unused bits, which do not alter what it says.
            if (token[i] == '.' || i + 1 == token.Length || token[i + 1] == '.')
                continue;
            Refused(token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..]);
        }
    }

    [Fact]
    public void Claims_of_one_token_under_the_signature_of_another_are_refused()
    {
        var mine = _workshop.Tokens.Issue(_workshop.User, _workshop.Tenant, _workshop.Session).Value.Split('.');
        var others = _workshop.Tokens.Issue(Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()).Value.Split('.');

        Refused($"{mine[0]}.{others[1]}.{mine[2]}");
    }

    [Fact]
    public void A_member_that_stands_in_the_token_twice_is_refused()
    {
        var parts = _workshop.Unsigned().Split('.');
        var claims = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1])).Replace("{\"iss\"", "{\"sub\":\"x\",\"iss\"", StringComparison.Ordinal);

        Refused(_workshop.Sign($"{parts[0]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("a.b.c")]
    [InlineData("bnVsbA.bnVsbA.bnVsbA")]
    [InlineData("W10.W10.W10")]
    [InlineData("не.то.ж")]
    public void What_is_no_token_at_all_is_refused(string text) => Refused(text);

    [Fact]
    public void A_token_of_any_length_is_refused_without_being_looked_at() =>
        Refused(new string('a', 5_000_000));

    [Fact]
    public void A_token_with_spaces_or_padding_is_refused()
    {
        var token = _workshop.Tokens.Issue(_workshop.User, _workshop.Tenant, _workshop.Session).Value;

        Refused(token + " ");
        Refused(token + "=");
        Refused(token.Replace(".", ".\n", StringComparison.Ordinal));
    }

    private void Refused(string token)
    {
        var check = _workshop.Tokens.Check(token);
        check.Token.ShouldBeNull(token);
        check.IsExpired.ShouldBeFalse();
    }
}
