using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Identity;

public sealed class AccessTokenTests
{
    private readonly TokenWorkshop _workshop = new();

    [Fact]
    public void An_issued_token_says_who_it_is_for_and_which_tenant_it_opens()
    {
        var token = _workshop.Tokens.Check(_workshop.Tokens.Issue(_workshop.User, _workshop.Tenant, _workshop.Session).Value).Token.ShouldNotBeNull();

        token.UserId.ShouldBe(_workshop.User);
        token.TenantId.ShouldBe(_workshop.Tenant);
        token.SessionId.ShouldBe(_workshop.Session);
        token.Principal.FindFirst("tid")!.Value.ShouldBe(_workshop.Tenant.ToString());
        token.Principal.FindFirst("scope").ShouldBeNull();
        token.Principal.Identity!.IsAuthenticated.ShouldBeTrue();
    }

    [Fact]
    public void An_operators_token_opens_no_tenant()
    {
        var token = _workshop.Tokens.Check(_workshop.Tokens.Issue(_workshop.User, null, _workshop.Session).Value).Token.ShouldNotBeNull();

        token.TenantId.ShouldBeNull();
        token.Principal.FindFirst("scope")!.Value.ShouldBe("host");
    }

    [Fact]
    public void A_token_has_the_header_and_claims_of_an_access_token_and_no_others()
    {
        var parts = _workshop.Tokens.Issue(_workshop.User, _workshop.Tenant, _workshop.Session).Value.Split('.');

        var header = TokenWorkshop.Read(parts[0]);
        header.Select(m => m.Key).ShouldBe(["alg", "typ", "kid"]);
        header["alg"]!.GetValue<string>().ShouldBe("ES256");
        header["typ"]!.GetValue<string>().ShouldBe("at+jwt");
        header["kid"]!.GetValue<string>().ShouldBe(_workshop.PublicKeys.Keys.Single().Id);
        TokenWorkshop.Read(parts[1]).Select(m => m.Key).ShouldBe(["iss", "aud", "sub", "tid", "sid", "jti", "iat", "exp"]);
    }

    [Fact]
    public void Two_tokens_never_share_their_identity()
    {
        var first = _workshop.Tokens.Check(_workshop.Tokens.Issue(_workshop.User, _workshop.Tenant, _workshop.Session).Value).Token!;
        var second = _workshop.Tokens.Check(_workshop.Tokens.Issue(_workshop.User, _workshop.Tenant, _workshop.Session).Value).Token!;

        second.TokenId.ShouldNotBe(first.TokenId);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_token_ends_after_its_lifetime_and_the_skew_whether_or_not_it_was_remembered(bool remembered)
    {
        var token = _workshop.Tokens.Issue(_workshop.User, _workshop.Tenant, _workshop.Session).Value;
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
        var token = _workshop.Tokens.Issue(_workshop.User, _workshop.Tenant, _workshop.Session).Value;

        _workshop.Tokens.Check(token).Token.ShouldBeSameAs(_workshop.Tokens.Check(token).Token);
    }

    [Fact]
    public void The_newest_key_signs_and_older_tokens_stay_good()
    {
        var before = _workshop.Tokens.Issue(_workshop.User, _workshop.Tenant, _workshop.Session).Value;
        _workshop.AddKey();
        _workshop.Time.Advance(TimeSpan.FromMinutes(2));

        var after = _workshop.Tokens.Issue(_workshop.User, _workshop.Tenant, _workshop.Session).Value;

        _workshop.PublicKeys.Keys.Count.ShouldBe(2);
        TokenWorkshop.Read(after.Split('.')[0])["kid"]!.GetValue<string>().ShouldBe(_workshop.PublicKeys.Keys[^1].Id);
        _workshop.Tokens.Check(before).Token.ShouldNotBeNull();
        _workshop.Tokens.Check(after).Token.ShouldNotBeNull();
    }

    [Fact]
    public void A_token_of_a_key_that_was_added_a_moment_ago_is_good_at_once()
    {
        _workshop.Tokens.Check(_workshop.Tokens.Issue(_workshop.User, _workshop.Tenant, _workshop.Session).Value).Token.ShouldNotBeNull();
        _workshop.AddKey();
        _workshop.Time.Advance(TimeSpan.FromSeconds(1));

        _workshop.Tokens.Check(_workshop.Forge(header: h => h["kid"] = _workshop.NewestKeyId)).Token.ShouldNotBeNull();
    }

    [Fact]
    public void A_token_ends_when_its_key_is_taken_out_even_if_it_was_remembered()
    {
        var token = _workshop.Tokens.Issue(_workshop.User, _workshop.Tenant, _workshop.Session).Value;
        _workshop.Tokens.Check(token).Token.ShouldNotBeNull();

        _workshop.AddKey();
        _workshop.RemoveOldestKey();
        _workshop.Time.Advance(TimeSpan.FromMinutes(1));

        _workshop.Tokens.Check(token).Token.ShouldBeNull();
    }

    [Fact]
    public void A_new_key_is_published_and_verifies_before_it_signs()
    {
        var (before, first) = (Issue(), _workshop.NewestKeyId);
        _workshop.AddKey(_workshop.Time.GetUtcNow() + TimeSpan.FromMinutes(10));
        _workshop.Time.Advance(TimeSpan.FromMinutes(1));

        _workshop.PublicKeys.Keys.Select(k => k.Id).ShouldBe([first, _workshop.NewestKeyId]);
        KeyOf(Issue()).ShouldBe(first);

        // A node whose clock is ahead signs with it already.
        _workshop.Tokens.Check(_workshop.Forge(header: h => h["kid"] = _workshop.NewestKeyId)).Token.ShouldNotBeNull();

        _workshop.Time.Advance(TimeSpan.FromMinutes(9));
        KeyOf(Issue()).ShouldBe(_workshop.NewestKeyId);
        _workshop.Tokens.Check(before).Token.ShouldNotBeNull();
    }

    [Fact]
    public void An_old_key_is_published_until_the_last_token_it_signed_has_expired_and_not_longer()
    {
        var first = _workshop.NewestKeyId;
        _workshop.AddKey(_workshop.Time.GetUtcNow());

        _workshop.Time.Advance(TimeSpan.FromHours(24));
        _workshop.PublicKeys.Keys.Select(k => k.Id).ShouldBe([first, _workshop.NewestKeyId]);

        _workshop.Time.Advance(TimeSpan.FromMinutes(3));
        _workshop.PublicKeys.Keys.Select(k => k.Id).ShouldBe([_workshop.NewestKeyId]);
        KeyOf(Issue()).ShouldBe(_workshop.NewestKeyId);
    }

    [Fact]
    public void A_token_of_a_day_is_good_to_its_end_whenever_the_key_changes()
    {
        var workshop = new TokenWorkshop(("AccessTokens:Lifetime", "1.00:00:00"));
        workshop.AddKey(workshop.Time.GetUtcNow() + TimeSpan.FromMinutes(10));
        workshop.Time.Advance(TimeSpan.FromMinutes(9));
        var last = workshop.Tokens.Issue(workshop.User, workshop.Tenant, workshop.Session).Value;

        workshop.Time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));

        workshop.Tokens.Check(last).Token.ShouldNotBeNull();
    }

    [Fact]
    public void When_every_key_waits_for_its_time_the_oldest_signs()
    {
        _workshop.RemoveOldestKey();
        _workshop.AddKey(_workshop.Time.GetUtcNow() + TimeSpan.FromMinutes(10));
        var only = _workshop.NewestKeyId;
        _workshop.AddKey(_workshop.Time.GetUtcNow() + TimeSpan.FromMinutes(20));

        KeyOf(Issue()).ShouldBe(only);
    }

    [Fact]
    public void Unknown_keys_make_nobody_load_the_keys_more_often_than_once_a_second()
    {
        Issue();
        var loads = _workshop.Loads;
        for (var i = 0; i < 50; i++)
        {
            _workshop.Time.Advance(TimeSpan.FromMilliseconds(100));
            _workshop.Tokens.Check(_workshop.Forge(header: h => h["kid"] = $"unknown-{i}")).Token.ShouldBeNull();
        }

        (_workshop.Loads - loads).ShouldBe(5);
    }

    private string Issue() => _workshop.Tokens.Issue(_workshop.User, _workshop.Tenant, _workshop.Session).Value;

    private static string KeyOf(string token) => TokenWorkshop.Read(token.Split('.')[0])["kid"]!.GetValue<string>();
}
