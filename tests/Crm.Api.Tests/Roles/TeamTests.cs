using System.Net;
using Crm.Api.Tests.Identity;
using Crm.Application.Authorization;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Roles;

public sealed class TeamTests(IdentityFixture fixture) : IClassFixture<IdentityFixture>
{
    private const string Path = "/api/v1/admin/teams";

    private static readonly Dictionary<string, string> TeamScope = new() { ["deals:read"] = "team", ["deals:write"] = "own" };

    private HttpClient Owner => fixture.Acme.Client;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_team_is_made_listed_changed_deleted_restored_and_removed_for_good()
    {
        var made = await Owner.SendAsync("POST", Path, new { name = "Inside", description = "Sells by phone." });
        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        var item = made.Headers["Location"];
        (await Owner.SendAsync("PUT", $"{item}/members/{await MeAsync()}")).Status.ShouldBe(HttpStatusCode.NoContent);

        (await Owner.SendAsync("PATCH", item, new { name = "Outside" }, ("If-Match", "\"1\""))).Body!["version"]!.GetValue<int>().ShouldBe(2);
        (await Owner.SendAsync("PATCH", item, new { name = "Else" }, ("If-Match", "\"1\""))).Code.ShouldBe("stale_version");
        (await Owner.SendAsync("GET", $"{Path}?filter[name]=Outside")).Ids.Count.ShouldBe(1);
        (await Owner.SendAsync("POST", Path, new { name = "outside" })).Code.ShouldBe("taken");

        (await Owner.SendAsync("DELETE", item)).Status.ShouldBe(HttpStatusCode.NoContent);
        (await Owner.SendAsync("GET", $"{item}/members")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await Owner.SendAsync("POST", $"{item}/restore")).Status.ShouldBe(HttpStatusCode.OK);
        (await Owner.SendAsync("GET", $"{item}/members")).Ids.ShouldBe([await MeAsync()]);
        (await Owner.SendAsync("DELETE", $"{item}?purge=true")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await Owner.SendAsync("POST", $"{item}/restore")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Users_come_to_a_team_once_leave_it_once_and_may_come_back()
    {
        var someone = await fixture.Host.AddAsync(fixture.Acme, "viewer");
        var team = await Owner.CreateTeamAsync();
        var place = $"{Path}/{team}/members/{someone.Id}";

        foreach (var (method, status) in new[] { ("DELETE", 404), ("PUT", 204), ("PUT", 204), ("DELETE", 204), ("DELETE", 404), ("PUT", 204) })
            ((int)(await Owner.SendAsync(method, place)).Status).ShouldBe(status, method);

        (await Owner.SendAsync("GET", $"{Path}/{team}/members")).Ids.ShouldBe([someone.Id]);
        (await LogAsync(team)).ShouldBe(["created AddTeamMember", "updated RemoveTeamMember", "updated AddTeamMember"]);
    }

    [Fact]
    public async Task The_members_of_a_team_are_listed_page_by_page_and_by_filters()
    {
        var people = new List<Guid>();
        for (var i = 0; i < 3; i++)
            people.Add((await fixture.Host.AddAsync(fixture.Acme, "viewer")).Id);
        var team = await Owner.CreateTeamAsync([.. people]);

        var first = await Owner.SendAsync("GET", $"{Path}/{team}/members?limit=2&sort=createdAt");
        var second = await Owner.SendAsync("GET", $"{Path}/{team}/members?limit=2&sort=createdAt&cursor={first.Body!["page"]!["nextCursor"]}");

        first.Ids.Concat(second.Ids).ShouldBe(people);
        (await Owner.SendAsync("GET", $"{Path}/{team}/members?filter[id]={people[1]}&fields=id,name")).Ids.ShouldBe([people[1]]);
        (await Owner.SendAsync("GET", $"{Path}/{await Owner.CreateTeamAsync()}/members?count=exact")).Body!["count"]!["value"]!.GetValue<int>().ShouldBe(0);
    }

    [Fact]
    public async Task Teams_and_users_of_another_tenant_are_not_there()
    {
        var foreign = await fixture.Host.AddAsync(fixture.Beta, "viewer");
        var foreignTeam = await fixture.Beta.Client.CreateTeamAsync(foreign.Id);
        var team = await Owner.CreateTeamAsync();

        foreach (var path in new[] { $"{Path}/{team}/members/{foreign.Id}", $"{Path}/{foreignTeam}/members/{await MeAsync()}", $"{Path}/{team}/members/nobody", $"{Path}/nothing/members/{await MeAsync()}" })
            (await Owner.SendAsync("PUT", path)).Status.ShouldBe(HttpStatusCode.NotFound, path);
        (await Owner.SendAsync("DELETE", $"{Path}/{foreignTeam}/members/{foreign.Id}")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await Owner.SendAsync("GET", $"{Path}/{foreignTeam}/members")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Viewers_read_teams_and_do_not_write_them_and_members_are_users_to_read()
    {
        var viewer = await fixture.Host.AddAsync(fixture.Acme, "viewer");
        var teamsOnly = await fixture.Host.AddWithAsync(fixture.Acme, ["teams:read"]);
        var team = await Owner.CreateTeamAsync(viewer.Id);

        (await viewer.Client.SendAsync("GET", $"{Path}/{team}/members")).Ids.ShouldBe([viewer.Id]);
        (await viewer.Client.SendAsync("PUT", $"{Path}/{team}/members/{viewer.Id}")).Code.ShouldBe("permission_missing");
        (await teamsOnly.Client.SendAsync("GET", $"{Path}/{team}/members")).Code.ShouldBe("permission_missing");
    }

    [Fact]
    public async Task A_team_takes_five_hundred_members_and_a_user_is_in_twenty_teams_however_many_ask_at_once()
    {
        var someone = await fixture.Host.AddAsync(fixture.Acme, "viewer");
        var teams = new List<Guid>();
        for (var i = 0; i < 24; i++)
            teams.Add(await Owner.CreateTeamAsync());
        var answers = await Task.WhenAll(teams.Select(team => Owner.SendAsync("PUT", $"{Path}/{team}/members/{someone.Id}")));
        answers.Count(a => a.Status == HttpStatusCode.NoContent).ShouldBe(20);
        answers.Where(a => a.Status != HttpStatusCode.NoContent).ShouldAllBe(a => a.Code == "too_many_teams");

        var full = await Owner.CreateTeamAsync();
        await ExecuteAsync("""
            WITH people AS (INSERT INTO users (id, email, name) SELECT gen_random_uuid(), gen_random_uuid() || '@people.example', 'Many' FROM generate_series(1, 499) RETURNING id),
            joined AS (INSERT INTO memberships (tenant_id, id, role_id, created_at, updated_at) SELECT t.tenant_id, p.id, (SELECT id FROM roles r WHERE r.tenant_id = t.tenant_id AND name = 'viewer'), now(), now()
                FROM people p, teams t WHERE t.id = $1)
            INSERT INTO team_members (tenant_id, id, team_id, user_id, created_at, updated_at) SELECT t.tenant_id, gen_random_uuid(), t.id, p.id, now(), now() FROM people p, teams t WHERE t.id = $1
            """, full);
        var others = new[] { await fixture.Host.AddAsync(fixture.Acme, "viewer"), await fixture.Host.AddAsync(fixture.Acme, "viewer") };
        var last = await Task.WhenAll(others.Select(o => Owner.SendAsync("PUT", $"{Path}/{full}/members/{o.Id}")));
        last.Count(a => a.Status == HttpStatusCode.NoContent).ShouldBe(1);
        last.Single(a => a.Status != HttpStatusCode.NoContent).Code.ShouldBe("team_full");
    }

    [Fact]
    public async Task The_scope_team_covers_everyone_who_shares_a_team_and_own_covers_oneself()
    {
        var (id, name) = await Owner.CreateRoleAsync(["deals:read", "deals:write"], TeamScope);
        var me = await fixture.Host.AddAsync(fixture.Acme, name);
        var (one, two, gone, stranger) = (await ViewerAsync(), await ViewerAsync(), await ViewerAsync(), await ViewerAsync());
        await Owner.CreateTeamAsync(me.Id, one, two);
        await Owner.CreateTeamAsync(me.Id, two);
        var left = await Owner.CreateTeamAsync(me.Id, gone);
        await Owner.CreateTeamAsync(stranger);
        await Owner.SendAsync("DELETE", $"{Path}/{left}");

        var grants = await GrantsAsync(me.Id);

        grants.OwnersFor("deals:write").ShouldBe([me.Id]);
        grants.OwnersFor("deals:read").ShouldNotBeNull().ShouldBe([me.Id, one, two], ignoreOrder: true);
        grants.OwnersFor("deals:read")![0].ShouldBe(me.Id);
        grants.OwnersFor("contacts:read").ShouldBeNull();
        (await GrantsAsync(me.Id)).ShouldBeSameAs(grants);
        (await Owner.SendAsync("DELETE", $"/api/v1/{Access.Roles}/{id}")).Code.ShouldBe("role_in_use");
    }

    [Fact]
    public async Task Coming_to_a_team_counts_at_the_next_look()
    {
        var me = await fixture.Host.AddWithAsync(fixture.Acme, ["deals:read", "deals:write"], TeamScope);
        (await GrantsAsync(me.Id)).OwnersFor("deals:read").ShouldBe([me.Id]);
        var mate = await ViewerAsync();

        await Owner.CreateTeamAsync(me.Id, mate);

        (await Until.ShouldBe(() => GrantsAsync(me.Id), g => g.OwnersFor("deals:read")!.Count == 2, TimeSpan.FromSeconds(1.5))).Covers("deals:read", mate).ShouldBeTrue();
    }

    [Fact]
    public async Task Whoever_nothing_restricts_shares_one_object_and_so_do_all_with_one_role_that_restricts_fields()
    {
        var (_, name) = await Owner.CreateRoleAsync(["deals:read"], fields: new Dictionary<string, string> { ["deals.amount"] = "none", ["contacts.emails"] = "none", ["contacts.phone"] = "read" });
        var (one, two) = (await fixture.Host.AddAsync(fixture.Acme, name), await fixture.Host.AddAsync(fixture.Acme, name));

        var grants = await GrantsAsync(one.Id);

        (await GrantsAsync(two.Id)).ShouldBeSameAs(grants);
        (await GrantsAsync(await MeAsync())).ShouldBeSameAs(RecordGrants.Full);
        grants.MayRead("deals", "amount").ShouldBeFalse();
        grants.MayRead("contacts", "firstName").ShouldBeTrue();
        (grants.MayRead("contacts", "phone"), grants.MayWrite("contacts", "phone")).ShouldBe((true, false));
        grants.MayWrite("contacts", "phones").ShouldBeTrue();
    }

    private async Task<Guid> ViewerAsync() => (await fixture.Host.AddAsync(fixture.Acme, "viewer")).Id;

    private async Task<Guid> MeAsync() => (Guid)(await Owner.SendAsync("GET", "/api/v1/me")).Body!["user"]!["id"]!;

    private async Task<RecordGrants> GrantsAsync(Guid userId) =>
        (await fixture.Host.Services.GetRequiredService<IAccessReader>().ReadAsync(fixture.Acme.Id, userId, Cancellation))!.Grants;

    private async Task<IReadOnlyList<string>> LogAsync(Guid teamId)
    {
        await using var source = NpgsqlDataSource.Create(fixture.Host.Database.SuperConnectionString);
        await using var command = source.CreateCommand("""
            SELECT action || ' ' || origin FROM changes
            WHERE record_type = 'team_member' AND record_id IN (SELECT id FROM team_members WHERE team_id = $1) ORDER BY sequence
            """);
        command.Parameters.Add(new() { Value = teamId });
        await using var reader = await command.ExecuteReaderAsync(Cancellation);
        var found = new List<string>();
        while (await reader.ReadAsync(Cancellation))
            found.Add(reader.GetString(0));
        return found;
    }

    private async Task ExecuteAsync(string sql, Guid id)
    {
        await using var source = NpgsqlDataSource.Create(fixture.Host.Database.SuperConnectionString);
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = id });
        await command.ExecuteNonQueryAsync(Cancellation);
    }
}
