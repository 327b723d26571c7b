using System.Net;
using Crm.Api.Tests.Identity;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Roles;

/// <summary>Nobody grants what they do not have, whichever way they try.</summary>
public sealed class OwnAccessTests(IdentityFixture fixture) : IClassFixture<IdentityFixture>
{
    private const string Path = "/api/v1/admin/roles";

    private static readonly string[] Administration = ["roles:read", "roles:write", "users:read", "users:write", "teams:read", "teams:write"];

    private HttpClient Owner => fixture.Acme.Client;

    [Fact]
    public async Task An_admin_cannot_make_change_give_or_promise_a_role_with_a_permission_admins_lack()
    {
        var admin = await fixture.Host.AddAsync(fixture.Acme, "admin");
        var viewer = await fixture.Host.AddAsync(fixture.Acme, "viewer");
        var (own, _) = await admin.Client.CreateRoleAsync(["deals:read"]);
        var (wide, name) = await Owner.CreateRoleAsync(["deals:purge"]);

        await RefusedAsync(
            admin.Client.SendAsync("POST", Path, new { name = "Wide", permissions = new[] { "deals:purge" } }),
            admin.Client.SendAsync("PATCH", $"{Path}/{own}", new { permissions = new[] { "deals:purge" } }),
            admin.Client.SendAsync("PATCH", $"{Path}/{wide}", new { description = "Still wide." }),
            admin.Client.GiveRoleAsync(viewer.Id, wide),
            admin.Client.GiveRoleAsync(admin.Id, await Owner.RoleIdAsync("owner")),
            admin.Client.SendAsync("POST", "/api/v1/invitations", new { email = $"{Guid.NewGuid():N}@people.example", name = "Ina", role = name }));
        (await Owner.SendAsync("GET", $"{Path}/{own}")).Body!["version"]!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public async Task An_admin_cannot_take_the_role_of_one_who_may_do_more()
    {
        var admin = await fixture.Host.AddAsync(fixture.Acme, "admin");
        var another = await fixture.Host.AddAsync(fixture.Acme, "owner");

        await RefusedAsync(admin.Client.GiveRoleAsync(another.Id, await Owner.RoleIdAsync("viewer")));
        (await Owner.GiveRoleAsync(another.Id, await Owner.RoleIdAsync("viewer"))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task One_who_sees_only_own_records_cannot_give_a_role_that_sees_more()
    {
        var narrow = await fixture.Host.AddWithAsync(fixture.Acme, [.. Administration, "deals:read"], Scope("own"));
        var viewer = await fixture.Host.AddAsync(fixture.Acme, "viewer");
        var (team, _) = await Owner.CreateRoleAsync(["deals:read"], Scope("team"));
        var (own, _) = await Owner.CreateRoleAsync(["deals:read"], Scope("own"));
        var (other, otherName) = await Owner.CreateRoleAsync(["users:read"]);
        var someone = await fixture.Host.AddAsync(fixture.Acme, otherName);

        await RefusedAsync(
            narrow.Client.SendAsync("POST", Path, new { name = "All", permissions = new[] { "deals:read" } }),
            narrow.Client.SendAsync("POST", Path, new { name = "Team", permissions = new[] { "deals:read" }, scopes = Scope("team") }),
            narrow.Client.SendAsync("PATCH", $"{Path}/{own}", new { scopes = new Dictionary<string, string?> { ["deals:read"] = null } }),
            narrow.Client.SendAsync("PATCH", $"{Path}/{other}", new { permissions = new[] { "deals:read" } }),
            narrow.Client.GiveRoleAsync(someone.Id, team),
            narrow.Client.GiveRoleAsync(narrow.Id, team),
            narrow.Client.GiveRoleAsync(viewer.Id, own));
        (await narrow.Client.GiveRoleAsync(someone.Id, own)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Nobody_narrows_or_deletes_a_role_that_allows_more_than_their_own()
    {
        var narrow = await fixture.Host.AddWithAsync(fixture.Acme, [.. Administration, "deals:read"], Scope("own"), Field("none"));
        var (more, _) = await Owner.CreateRoleAsync(["deals:read", "companies:read"]);
        var (wider, _) = await Owner.CreateRoleAsync(["deals:read"], fields: Field("none"));
        var (deeper, _) = await Owner.CreateRoleAsync(["deals:read"], Scope("own"));
        var (equal, _) = await Owner.CreateRoleAsync(["deals:read"], Scope("own"), Field("none"));

        foreach (var role in new[] { more, wider, deeper })
        {
            await RefusedAsync(
                narrow.Client.SendAsync("PATCH", $"{Path}/{role}", new { permissions = Array.Empty<string>() }),
                narrow.Client.SendAsync("DELETE", $"{Path}/{role}"));
            (await Owner.SendAsync("GET", $"{Path}/{role}")).Body!["version"]!.GetValue<int>().ShouldBe(1);
        }

        (await narrow.Client.SendAsync("PATCH", $"{Path}/{equal}", new { permissions = Array.Empty<string>(), scopes = new Dictionary<string, string?> { ["deals:read"] = null } })).Status.ShouldBe(HttpStatusCode.OK);
        (await narrow.Client.SendAsync("DELETE", $"{Path}/{equal}")).Status.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task One_who_may_not_read_a_field_cannot_give_a_role_that_may()
    {
        var narrow = await fixture.Host.AddWithAsync(fixture.Acme, [.. Administration, "deals:read"], fields: Field("none"));
        var (read, readName) = await Owner.CreateRoleAsync(["deals:read"], fields: Field("read"));
        var (none, _) = await Owner.CreateRoleAsync(["deals:read"], fields: Field("none"));
        var someone = await fixture.Host.AddAsync(fixture.Acme, (await Owner.CreateRoleAsync(["users:read"])).Name);

        await RefusedAsync(
            narrow.Client.SendAsync("POST", Path, new { name = "Sees it", permissions = new[] { "deals:read" } }),
            narrow.Client.SendAsync("PATCH", $"{Path}/{none}", new { fields = Field("read") }),
            narrow.Client.SendAsync("POST", "/api/v1/invitations", new { email = $"{Guid.NewGuid():N}@people.example", name = "Ina", role = readName }),
            narrow.Client.GiveRoleAsync(someone.Id, read));
        (await narrow.Client.GiveRoleAsync(someone.Id, none)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task One_whose_permissions_do_not_cover_all_records_cannot_put_anybody_in_a_team()
    {
        var narrow = await fixture.Host.AddWithAsync(fixture.Acme, [.. Administration, "deals:read"], Scope("team"));
        var team = await Owner.CreateTeamAsync(narrow.Id);
        var trashed = await Owner.CreateTeamAsync();
        await Owner.SendAsync("DELETE", $"/api/v1/admin/teams/{trashed}");

        await RefusedAsync(
            narrow.Client.SendAsync("PUT", $"/api/v1/admin/teams/{await Owner.CreateTeamAsync()}/members/{narrow.Id}"),
            narrow.Client.SendAsync("PUT", $"/api/v1/admin/teams/{team}/members/{(await fixture.Host.AddAsync(fixture.Acme, "viewer")).Id}"),
            narrow.Client.SendAsync("POST", $"/api/v1/admin/teams/{trashed}/restore"));
        (await narrow.Client.SendAsync("DELETE", $"/api/v1/admin/teams/{team}/members/{narrow.Id}")).Status.ShouldBe(HttpStatusCode.NoContent);
    }

    private static Dictionary<string, string> Scope(string scope) => new() { ["deals:read"] = scope };

    private static Dictionary<string, string> Field(string rule) => new() { ["deals.amount"] = rule };

    private static async Task RefusedAsync(params Task<Answer>[] attempts)
    {
        foreach (var answer in await Task.WhenAll(attempts))
        {
            answer.Status.ShouldBe(HttpStatusCode.Forbidden, answer.Text);
            answer.Code.ShouldBe("exceeds_own_access");
        }
    }
}
