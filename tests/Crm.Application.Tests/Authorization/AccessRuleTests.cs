using Crm.Application.Authorization;
using Crm.Application.Secrets;
using Crm.Domain.Identity;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Authorization;

public sealed class AccessRuleTests
{
    private static readonly Dictionary<string, string> Nothing = [];

    [Fact]
    public void Of_one_who_is_no_member_nothing_else_is_asked()
    {
        var rule = AccessRules.Examine(null, "deals:read", null, null, null).ShouldHaveSingleItem();

        rule.Rule.ShouldBe(AccessRuleCodes.MembershipActive);
        rule.Holds.ShouldBeFalse();
    }

    [Fact]
    public void A_request_that_does_not_say_who_may_make_it_is_made_by_nobody() =>
        Should.Throw<InvalidOperationException>(() => AccessRules.DeclarationOf(typeof(AccessRuleTests))).Message.ShouldContain(nameof(AccessRuleTests));

    [Fact]
    public void A_role_without_rules_restricts_nothing() =>
        MemberGrants.Of(Nothing, Nothing, Guid.NewGuid(), []).ShouldBeSameAs(RecordGrants.Full);

    [Fact]
    public void A_role_with_rules_for_fields_alone_restricts_no_records()
    {
        var grants = MemberGrants.Of(Nothing, new Dictionary<string, string> { ["deals.amount"] = FieldRules.None }, Guid.NewGuid(), []);

        grants.MayRead("deals", "amount").ShouldBeFalse();
        grants.OwnersFor("deals:read").ShouldBeNull();
    }

    [Fact]
    public void What_cannot_be_read_is_told_of_both_parts_of_a_count()
    {
        var sum = new SecretCounts(1, ["a"]) + new SecretCounts(2, ["b", "c"]) + SecretCounts.None;

        sum.Done.ShouldBe(3);
        sum.Unreadable.ShouldBe(["a", "b", "c"]);
    }
}
