using System.ComponentModel.DataAnnotations;
using Crm.Application.RateLimiting;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.RateLimiting;

public sealed class RateLimitRulesTests
{
    [Theory]
    [InlineData(RateLimitProfile.Default, LimitKind.Address, null)]
    [InlineData(RateLimitProfile.Default, LimitKind.Public, "\"public\";q=60;w=60")]
    [InlineData(RateLimitProfile.Default, LimitKind.Login, "\"login\";q=5;w=60")]
    [InlineData(RateLimitProfile.Default, LimitKind.Authenticated, "\"authenticated\";q=300;w=60")]
    [InlineData(RateLimitProfile.Default, LimitKind.Admin, "\"admin\";q=1000;w=60")]
    [InlineData(RateLimitProfile.Default, LimitKind.Payment, "\"payment\";q=10;w=3600")]
    [InlineData(RateLimitProfile.Default, LimitKind.Ai, "\"ai\";q=10;w=60")]
    [InlineData(RateLimitProfile.Default, LimitKind.Tenant, "\"tenant\";q=6000;w=60")]
    [InlineData(RateLimitProfile.Strict, LimitKind.Address, "\"address\";q=100;w=900")]
    [InlineData(RateLimitProfile.Strict, LimitKind.Login, "\"login\";q=5;w=900")]
    [InlineData(RateLimitProfile.Strict, LimitKind.Public, "\"public\";q=60;w=60")]
    public void The_profiles_are_as_documented(RateLimitProfile profile, LimitKind kind, string? policy) =>
        Rules(o => o.Profile = profile).Of(kind)?.Policy.ShouldBe(policy);

    [Fact]
    public void Every_limit_can_be_set_and_switched_off()
    {
        var rules = Rules(o =>
        {
            o.Public = new LimitSettings { Limit = 7, Window = TimeSpan.FromSeconds(3) };
            o.Tenant = new LimitSettings { Enabled = false };
            o.Address = new LimitSettings { Limit = 1000 };
            o.Login = new LimitSettings { Window = TimeSpan.FromSeconds(10) };
            o.LoginDoublings = 2;
        });

        rules.Of(LimitKind.Public)!.Policy.ShouldBe("\"public\";q=7;w=3");
        rules.Of(LimitKind.Tenant).ShouldBeNull();
        rules.Of(LimitKind.Address)!.Policy.ShouldBe("\"address\";q=1000;w=900");
        rules.Of(LimitKind.Login)!.LongestWaitMilliseconds.ShouldBe(40_000);
        rules.Of(LimitKind.Authenticated)!.LongestWaitMilliseconds.ShouldBe(0);
        foreach (var kind in Enum.GetValues<LimitKind>())
            Rules(o => o.Enabled = false).Of(kind).ShouldBeNull();
    }

    [Theory]
    [InlineData(RateLimitClass.Authenticated, "Authenticated")]
    [InlineData(RateLimitClass.Admin, "Admin")]
    [InlineData(RateLimitClass.Payment, "Authenticated Payment")]
    [InlineData(RateLimitClass.Ai, "Authenticated Ai")]
    public void What_costs_more_is_counted_on_top_of_what_a_user_may_do_and_administration_in_its_place(RateLimitClass operation, string kinds)
    {
        var (check, tenant, user) = (new LimitCheck(), Guid.NewGuid(), Guid.NewGuid());
        Rules(_ => { }).AddUser(check, operation, tenant, user);

        string.Join(' ', check.Uses.ToArray().Select(u => u.Rule.Kind)).ShouldBe(kinds);
        check.Uses.ToArray().ShouldAllBe(u => u.Key.TenantId == tenant && u.Key.Subject == user);
    }

    [Fact]
    public void Limits_that_make_no_sense_are_refused_by_name()
    {
        var options = new RateLimitOptions
        {
            Public = new LimitSettings { Limit = 0 },
            Login = new LimitSettings { Window = TimeSpan.FromMilliseconds(1500) },
            Admin = new LimitSettings { Window = TimeSpan.FromDays(2) },
            Ai = new LimitSettings { Window = TimeSpan.Zero },
        };

        var faults = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true).ShouldBeFalse();

        faults.SelectMany(f => f.MemberNames).ShouldBe(["Public", "Login", "Admin", "Ai"]);
    }

    private static RateLimitRules Rules(Action<RateLimitOptions> configure) => new(Limits.Options(configure));
}
