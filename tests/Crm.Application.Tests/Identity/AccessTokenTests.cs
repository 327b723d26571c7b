using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Identity;

public sealed class AccessTokenTests
{
    private readonly TokenWorkshop _workshop = new();

    [Fact]
    public void An_issued_token_says_who_it_is_for_and_which_tenant_it_opens()
    {
        var token = _workshop.Tokens.Check(_workshop.Tokens.Issue(_workshop.User, _workshop.Tenant).Value).Token.ShouldNotBeNull();

        token.UserId.ShouldBe(_workshop.User);
        token.TenantId.ShouldBe(_workshop.Tenant);
        token.Principal.FindFirst("tid")!.Value.ShouldBe(_workshop.Tenant.ToString());
        token.Principal.FindFirst("scope").ShouldBeNull();
        token.Principal.Identity!.IsAuthenticated.ShouldBeTrue();
    }

    [Fact]
    public void An_operators_token_opens_no_tenant()
    {
        var token = _workshop.Tokens.Check(_workshop.Tokens.Issue(_workshop.User, null).Value).Token.ShouldNotBeNull();

        token.TenantId.ShouldBeNull();
        token.Principal.FindFirst("scope")!.Value.ShouldBe("host");
    }

    [Fact]
    public void A_token_has_the_header_and_claims_of_an_access_token_and_no_others()
    {
        var parts = _workshop.Tokens.Issue(_workshop.User, _workshop.Tenant).Value.Split('.');

        var header = TokenWorkshop.Read(parts[0]);
        header.Select(m => m.Key).ShouldBe(["alg", "typ", "kid"]);
        header["alg"]!.GetValue<string>().ShouldBe("ES256");
        header["typ"]!.GetValue<string>().ShouldBe("at+jwt");
        header["kid"]!.GetValue<string>().ShouldBe(_workshop.PublicKeys.Keys.Single().Id);
        TokenWorkshop.Read(parts[1]).Select(m => m.Key).ShouldBe(["iss", "aud", "sub", "tid", "jti", "iat", "exp"]);
    }

    [Fact]
    public void Two_tokens_never_share_their_identity()
    {
        var first = _workshop.Tokens.Check(_workshop.Tokens.Issue(_workshop.User, _workshop.Tenant).Value).Token!;
        var second = _workshop.Tokens.Check(_workshop.Tokens.Issue(_workshop.User, _workshop.Tenant).Value).Token!;

        second.TokenId.ShouldNotBe(first.TokenId);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_token_ends_after_its_lifetime_and_the_skew_whether_or_not_it_was_remembered(bool remembered)
    {
        var token = _workshop.Tokens.Issue(_workshop.User, _workshop.Tenant).Value;
        if (remembered)
            _workshop.Tokens.Check(token).Token.ShouldNotBeNull();

        _workshop.Time.Advance(TimeSpan.FromMinutes(15) + TimeSpan.FromSeconds(29));
        _workshop.Tokens.Check(token).Token.ShouldNotBeNull();

        _workshop.Time.Advance(TimeSpan.FromSeconds(1));
        var check = _workshop.Tokens.Check(token);
        check.Token.ShouldBeNull();
        check.IsExpired.ShouldBeTrue();
    }

    [Fact]
    public void A_remembered_token_is_the_same_object()
    {
        var token = _workshop.Tokens.Issue(_workshop.User, _workshop.Tenant).Value;

        _workshop.Tokens.Check(token).Token.ShouldBeSameAs(_workshop.Tokens.Check(token).Token);
    }

    [Fact]
    public void The_newest_key_signs_and_older_tokens_stay_good()
    {
        var before = _workshop.Tokens.Issue(_workshop.User, _workshop.Tenant).Value;
        _workshop.AddKey();
        _workshop.Time.Advance(TimeSpan.FromMinutes(2));

        var after = _workshop.Tokens.Issue(_workshop.User, _workshop.Tenant).Value;

        _workshop.PublicKeys.Keys.Count.ShouldBe(2);
        TokenWorkshop.Read(after.Split('.')[0])["kid"]!.GetValue<string>().ShouldBe(_workshop.PublicKeys.Keys[^1].Id);
        _workshop.Tokens.Check(before).Token.ShouldNotBeNull();
        _workshop.Tokens.Check(after).Token.ShouldNotBeNull();
    }

    [Fact]
    public void A_token_of_a_key_that_was_added_a_moment_ago_is_good_at_once()
    {
        _workshop.Tokens.Check(_workshop.Tokens.Issue(_workshop.User, _workshop.Tenant).Value).Token.ShouldNotBeNull();
        _workshop.AddKey();
        _workshop.Time.Advance(TimeSpan.FromSeconds(1));

        _workshop.Tokens.Check(_workshop.Forge(header: h => h["kid"] = _workshop.NewestKeyId)).Token.ShouldNotBeNull();
    }

    [Fact]
    public void A_token_ends_when_its_key_is_taken_out_even_if_it_was_remembered()
    {
        var token = _workshop.Tokens.Issue(_workshop.User, _workshop.Tenant).Value;
        _workshop.Tokens.Check(token).Token.ShouldNotBeNull();

        _workshop.AddKey();
        _workshop.RemoveOldestKey();
        _workshop.Time.Advance(TimeSpan.FromMinutes(1));

        _workshop.Tokens.Check(token).Token.ShouldBeNull();
    }
}
