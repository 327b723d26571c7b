using System.Net;
using Crm.Api.Tests.Identity;
using Crm.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Roles;

public sealed class ExplainTests(IdentityFixture fixture) : IClassFixture<IdentityFixture>
{
    private const string Path = "/api/v1/admin/explain";

    private HttpClient Owner => fixture.Acme.Client;

    [Fact]
    public async Task The_rules_are_told_in_the_order_in_which_they_are_looked_at_down_to_the_one_that_decides()
    {
        var someone = await fixture.Host.AddWithAsync(fixture.Acme, ["deals:read", "deals:write"], new Dictionary<string, string> { ["deals:write"] = "own" }, new Dictionary<string, string> { ["deals.amount"] = "read", ["deals.closeReason"] = "none" });
        var (mine, other) = (await DealAsync(someone.Id), await DealAsync(null));

        await ExplainedAsync($"userId={someone.Id}&permission=deals:write", true, "permission_held", "membership_active permission_held");
        await ExplainedAsync($"userId={someone.Id}&permission=deals:purge", false, "permission_held", "membership_active permission_held");
        await ExplainedAsync($"userId={someone.Id}&permission=deals:purge&recordType=deal&recordId={mine}", false, "permission_held", "membership_active permission_held");
        await ExplainedAsync($"userId={await MeAsync()}&permission=deals:purge&recordType=deal&recordId={mine}", true, "record_in_scope", "membership_active permission_held permission_held record_in_read_scope record_in_scope record_in_scope");
        await ExplainedAsync($"userId={await MeAsync()}&permission=teams:write&recordType=team", true, "permission_held", "membership_active permission_held");
        await ExplainedAsync($"userId={someone.Id}&permission=deals:read&recordType=deal&recordId={other}", true, "record_in_scope", "membership_active permission_held record_in_scope");
        await ExplainedAsync($"userId={someone.Id}&permission=deals:write&recordType=deal&recordId={mine}", true, "record_in_scope", "membership_active permission_held record_in_read_scope record_in_scope");
        await ExplainedAsync($"userId={someone.Id}&permission=deals:write&recordType=deal&recordId={other}", false, "record_in_scope", "membership_active permission_held record_in_read_scope record_in_scope");
        await ExplainedAsync($"userId={someone.Id}&permission=deals:write&recordType=deal&field=name", true, "field_writable", "membership_active permission_held field_readable field_writable");
        await ExplainedAsync($"userId={someone.Id}&permission=deals:write&recordType=deal&field=amount", false, "field_writable", "membership_active permission_held field_readable field_writable");
        await ExplainedAsync($"userId={someone.Id}&permission=deals:write&recordType=deal&field=weightedAmount", false, "field_writable", "membership_active permission_held field_readable field_writable");
        await ExplainedAsync($"userId={someone.Id}&permission=deals:read&recordType=deal&field=closeReason", false, "field_readable", "membership_active permission_held field_readable");
        await ExplainedAsync($"userId={someone.Id}&permission=deals:read&recordType=deal&field=amount", true, "field_readable", "membership_active permission_held field_readable");
    }

    [Fact]
    public async Task A_team_mate_s_record_is_covered_by_the_scope_team_and_the_reason_names_its_owner()
    {
        var someone = await fixture.Host.AddWithAsync(fixture.Acme, ["deals:read"], new Dictionary<string, string> { ["deals:read"] = "team" });
        var mate = await fixture.Host.AddAsync(fixture.Acme, "viewer");
        var stranger = await fixture.Host.AddAsync(fixture.Acme, "viewer");
        await Owner.CreateTeamAsync(someone.Id, mate.Id);
        var (theirs, strangers, nobodys) = (await DealAsync(mate.Id), await DealAsync(stranger.Id), await DealAsync(null));

        // The node has just read what the user may do.
        await Until.ShouldBe(() => AskAsync($"userId={someone.Id}&permission=deals:read&recordType=deal&recordId={theirs}"), a => (bool)a.Body!["allowed"]!, TimeSpan.FromSeconds(1.5));
        var refused = await AskAsync($"userId={someone.Id}&permission=deals:read&recordType=deal&recordId={strangers}");
        ((bool)refused.Body!["allowed"]!).ShouldBeFalse();
        refused.Text.ShouldContain(stranger.Id.ToString());
        ((bool)(await AskAsync($"userId={someone.Id}&permission=deals:read&recordType=deal&recordId={nobodys}")).Body!["allowed"]!).ShouldBeFalse();
    }

    [Fact]
    public async Task A_user_who_is_not_active_may_do_nothing()
    {
        var someone = await fixture.Host.AddAsync(fixture.Acme, "viewer");
        await using (var source = NpgsqlDataSource.Create(fixture.Host.Database.SuperConnectionString))
        await using (var command = source.CreateCommand("UPDATE memberships SET active = false WHERE id = $1"))
        {
            command.Parameters.Add(new() { Value = someone.Id });
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var answer = await AskAsync($"userId={someone.Id}&permission=deals:read");

        (answer.Body!["role"], (string)answer.Body["decidedBy"]!).ShouldBe((null, "membership_active"));
        ((bool)answer.Body["allowed"]!).ShouldBeFalse();
    }

    [Fact]
    public async Task Users_and_records_of_another_tenant_are_not_there()
    {
        var foreign = await fixture.Host.AddAsync(fixture.Beta, "viewer");
        var foreignDeal = await fixture.Beta.Client.CreateAsync("contacts", new { firstName = "Ada" });
        (await AskAsync($"userId={foreign.Id}&permission=deals:read")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await AskAsync($"userId={await MeAsync()}&permission=contacts:read&recordType=contact&recordId={foreignDeal["id"]}")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("", "userId required,permission required")]
    [InlineData("userId=x&recordId=y", "userId invalid_type,recordId invalid_type,permission required")]
    [InlineData("userId=019a1f6e-7c00-7000-8000-000000000001&permission=deals:fly", "permission unknown_permission")]
    [InlineData("userId=019a1f6e-7c00-7000-8000-000000000001&permission=deals:read&recordType=contact", "recordType invalid_choice")]
    [InlineData("userId=019a1f6e-7c00-7000-8000-000000000001&permission=deals:read&recordType=ship", "recordType invalid_choice")]
    [InlineData("userId=019a1f6e-7c00-7000-8000-000000000001&permission=deals:read&field=name", "recordType required")]
    [InlineData("userId=019a1f6e-7c00-7000-8000-000000000001&permission=deals:read&recordType=deal&field=color", "field unknown_field")]
    [InlineData("userId=019a1f6e-7c00-7000-8000-000000000001&permission=deals:read&color=red", "color unknown_parameter")]
    public async Task A_question_that_makes_no_sense_is_refused(string query, string faults) =>
        string.Join(',', (await AskAsync(query)).Faults).ShouldBe(faults);

    [Fact]
    public async Task One_who_cannot_read_records_users_or_roles_is_not_told_about_them()
    {
        var deal = await DealAsync(null);
        foreach (var permissions in new[] { new[] { "roles:read" }, ["users:read"], ["users:read", "roles:read"] })
        {
            var someone = await fixture.Host.AddWithAsync(fixture.Acme, permissions);
            (await someone.Client.SendAsync("GET", $"{Path}?userId={someone.Id}&permission=deals:read&recordType=deal&recordId={deal}")).Code.ShouldBe("permission_missing");
        }

        var half = await fixture.Host.AddWithAsync(fixture.Acme, ["users:read", "roles:read", "deals:read"], fields: new Dictionary<string, string> { ["deals.amount"] = "none" });
        (await half.Client.SendAsync("GET", $"{Path}?userId={half.Id}&permission=deals:read&recordType=deal&field=amount")).Faults.ShouldBe(["field unknown_field"]);
    }

    private async Task<Guid> MeAsync() => (Guid)(await Owner.SendAsync("GET", "/api/v1/me")).Body!["user"]!["id"]!;

    private async Task<Guid> DealAsync(Guid? ownerId)
    {
        var stage = (await Owner.SendAsync("GET", "/api/v1/stages?filter[kind]=open&limit=1")).Ids[0];
        return (Guid)(await Owner.CreateAsync("deals", new { name = "Looms", stageId = stage, ownerId }))["id"]!;
    }

    private async Task ExplainedAsync(string query, bool allowed, string decidedBy, string rules)
    {
        var answer = await AskAsync(query);
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        ((bool)answer.Body!["allowed"]!).ShouldBe(allowed, answer.Text);
        ((string)answer.Body["decidedBy"]!).ShouldBe(decidedBy, answer.Text);
        string.Join(' ', answer.Rules().Select(r => (string)r!["rule"]!)).ShouldBe(rules);
        answer.Rules().ShouldAllBe(r => (bool)r!["holds"]! == (allowed || (string)r["rule"]! != decidedBy));
    }

    private Task<Answer> AskAsync(string query) => Owner.SendAsync("GET", $"{Path}?{query}");
}
