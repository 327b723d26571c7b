using System.Collections;
using Crm.Domain.Identity;
using Shouldly;
using Xunit;

namespace Crm.Domain.Tests.Identity;

public sealed class RoleTests
{
    private static readonly HashSet<string> Held = ["deals:read", "deals:write", "contacts:read"];

    [Theory]
    [InlineData("deals:read", "", "", false)]
    [InlineData("deals:read contacts:read", "", "", false)]
    [InlineData("deals:purge", "", "", true)]
    public void A_role_with_a_permission_its_giver_lacks_exceeds_the_giver(string permissions, string scopes, string fields, bool exceeds) =>
        Make(permissions, scopes, fields).Exceeds(Held, own: null).ShouldBe(exceeds);

    [Theory]
    [InlineData("", "", false)]
    [InlineData("own", "own", false)]
    [InlineData("own", "team", false)]
    [InlineData("team", "team", false)]
    [InlineData("team", "own", true)]
    [InlineData("", "own", true)]
    [InlineData("", "team", true)]
    [InlineData("own", "", false)]
    public void A_role_whose_permission_covers_more_records_exceeds_its_giver(string scope, string ownScope, bool exceeds) =>
        Make("deals:write", Rule("deals:write", scope), "").Exceeds(Held, Make("deals:write", Rule("deals:write", ownScope), "")).ShouldBe(exceeds);

    [Theory]
    [InlineData("none", "none", false)]
    [InlineData("read", "read", false)]
    [InlineData("none", "read", false)]
    [InlineData("read", "none", true)]
    [InlineData("", "none", true)]
    [InlineData("", "read", true)]
    [InlineData("none", "", false)]
    public void A_role_that_allows_more_of_a_field_exceeds_its_giver(string rule, string ownRule, bool exceeds) =>
        Make("deals:read", "", Rule("deals.amount", rule)).Exceeds(Held, Make("deals:read", "", Rule("deals.amount", ownRule))).ShouldBe(exceeds);

    [Fact]
    public void A_field_of_records_that_a_role_has_nothing_to_do_with_counts_for_nothing() =>
        Make("contacts:read", "", "").Exceeds(Held, Make("deals:read", "", "deals.amount=none")).ShouldBeFalse();

    [Fact]
    public void Scopes_of_permissions_a_role_does_not_have_count_for_nothing() =>
        Make("contacts:read", "", "").Exceeds(Held, Make("deals:read", "deals:read=own", "")).ShouldBeFalse();

    [Fact]
    public void A_patch_merges_and_null_and_all_take_a_rule_away()
    {
        var role = Make("deals:read", "deals:read=own deals:write=team", "deals.amount=none deals.name=read");

        role.Restrict(new Dictionary<string, string?> { ["deals:read"] = "all", ["deals:delete"] = "own" }, new Dictionary<string, string?> { ["deals.amount"] = null, ["deals.name"] = "none" });

        role.Scopes.ShouldBe(new Dictionary<string, string> { ["deals:delete"] = "own", ["deals:write"] = "team" }, ignoreOrder: true);
        role.Fields.ShouldBe(new Dictionary<string, string> { ["deals.name"] = "none" });
    }

    [Fact]
    public void A_role_that_comes_with_the_tenant_says_so()
    {
        var viewer = Role.ThatComesWithTheTenant(BuiltInRoles.Viewer);

        viewer.BuiltIn.ShouldBeTrue();
        viewer.Permissions.ShouldBe(BuiltInRoles.All[BuiltInRoles.Viewer]);
        viewer.Permissions.ShouldNotContain("roles:read");
        viewer.Permissions.ShouldContain("teams:read");
    }

    [Fact]
    public void Rules_are_equal_whatever_their_order_and_can_be_read_like_any_dictionary()
    {
        RuleDictionary rules = new([new("b", "2"), new("a", "1")]), same = new([new("a", "1"), new("b", "2")]), other = new([new("a", "1")]);

        rules.ShouldBe(same);
        rules.Equals((object)same).ShouldBeTrue();
        rules.Equals(other).ShouldBeFalse();
        rules.Equals(null).ShouldBeFalse();
        rules.GetHashCode().ShouldBe(same.GetHashCode());
        rules.Keys.ShouldBe(["a", "b"]);
        rules.Values.ShouldBe(["1", "2"]);
        rules["b"].ShouldBe("2");
        rules.Count.ShouldBe(2);
        rules.ContainsKey("c").ShouldBeFalse();
        rules.TryGetValue("a", out var one).ShouldBeTrue();
        one.ShouldBe("1");
        ((IEnumerable)rules).Cast<KeyValuePair<string, string>>().Count().ShouldBe(2);
    }

    private static string Rule(string about, string rule) => rule.Length == 0 ? "" : $"{about}={rule}";

    private static Role Make(string permissions, string scopes, string fields)
    {
        var role = new Role { Permissions = permissions.Split(' ') };
        role.Restrict(Rules(scopes), Rules(fields));
        return role;
    }

    private static Dictionary<string, string?> Rules(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(r => r.Split('=')).ToDictionary(r => r[0], r => (string?)r[1]);
}
