using System.Net;
using Crm.Api.Tests.Identity;
using Crm.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Roles;

public sealed class RoleTests(IdentityFixture fixture) : IClassFixture<IdentityFixture>
{
    private const string Path = "/api/v1/admin/roles";

    private HttpClient Owner => fixture.Acme.Client;

    [Fact]
    public async Task A_role_is_made_listed_changed_by_a_merge_patch_and_deleted()
    {
        var name = $"Sales {Guid.NewGuid():N}";
        var made = await Owner.SendAsync("POST", Path, new { name, description = "Sells.", permissions = new[] { "deals:read", "deals:write" }, scopes = new Dictionary<string, string?> { ["deals:read"] = "team", ["deals:write"] = "own" }, fields = new Dictionary<string, string?> { ["deals.amount"] = "read" } });
        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        made.Headers["Location"].ShouldBe($"{Path}/{made.Body!["id"]}");
        var item = $"{Path}/{made.Body["id"]}";
        (await Owner.SendAsync("GET", $"{Path}?filter[name]={name}")).Ids.ShouldBe([(Guid)made.Body["id"]!]);
        made.Body["builtIn"]!.GetValue<bool>().ShouldBeFalse();

        var changed = await Owner.SendAsync("PATCH", item, new { permissions = new[] { "deals:read", "deals:delete" }, scopes = new Dictionary<string, string?> { ["deals:write"] = null, ["deals:delete"] = "own", ["deals:read"] = "all" }, fields = new Dictionary<string, string?> { ["deals.amount"] = "none", ["contacts.phone"] = "read" } }, ("If-Match", "\"1\""));

        changed.Status.ShouldBe(HttpStatusCode.OK, changed.Text);
        changed.Headers["ETag"].ShouldBe("\"2\"");
        var read = await Owner.SendAsync("GET", item);
        read.Text.ShouldBe(changed.Text);
        read.Body!["permissions"]!.AsArray().Select(p => (string)p!).ShouldBe(["deals:read", "deals:delete"]);
        read.Body["scopes"]!.ToJsonString().ShouldBe("""{"deals:delete":"own"}""");
        read.Body["fields"]!.AsObject().Select(f => $"{f.Key} {f.Value}").ShouldBe(["deals.amount none", "contacts.phone read"], ignoreOrder: true);
        read.Body["description"]!.GetValue<string>().ShouldBe("Sells.");

        (await Owner.SendAsync("PATCH", item, new { description = "Old." }, ("If-Match", "\"1\""))).Code.ShouldBe("stale_version");
        (await Owner.SendAsync("DELETE", item, null, ("If-Match", "\"1\""))).Code.ShouldBe("stale_version");
        (await Owner.SendAsync("DELETE", item)).Status.ShouldBe(HttpStatusCode.NoContent);
        (await Owner.SendAsync("DELETE", item)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await Owner.SendAsync("GET", item)).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_happens_to_a_role_stands_in_the_change_log()
    {
        var (id, _) = await Owner.CreateRoleAsync(["deals:read"], new Dictionary<string, string> { ["deals:read"] = "own" });
        await Owner.SendAsync("PATCH", $"{Path}/{id}", new { permissions = new[] { "deals:read", "contacts:read" }, scopes = new Dictionary<string, string?> { ["deals:read"] = "team" } });
        await Owner.SendAsync("DELETE", $"{Path}/{id}");

        (await ListAsync("SELECT action || ' ' || origin || ' ' || version FROM changes WHERE record_type = 'role' AND record_id = $1 ORDER BY sequence", id))
            .ShouldBe(["created CreateRole 1", "updated UpdateRole 2", "deleted DeleteRole 3"]);
        (await ListAsync("SELECT fields::text FROM changes WHERE record_id = $1 AND action = 'updated'", id)).Single().ShouldBe(
            """{"scopes": {"to": {"deals:read": "team"}, "from": {"deals:read": "own"}}, "permissions": {"to": ["deals:read", "contacts:read"], "from": ["deals:read"]}}""");
    }

    [Fact]
    public async Task All_that_is_wrong_with_a_role_is_told_at_once()
    {
        var answer = await Owner.SendAsync("POST", Path, new
        {
            name = "Wrong",
            permissions = new[] { "deals:read", "deals:fly" },
            scopes = new Dictionary<string, string> { ["pipelines:read"] = "own", ["deals:read"] = "mine", ["deals~/:x"] = "own" },
            fields = new Dictionary<string, string> { ["deals.id"] = "none", ["deals.ownerId"] = "none", ["deals.color"] = "none", ["users.email"] = "none", ["amount"] = "none", ["deals.amount"] = "write" },
        });

        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Faults.ShouldBe(
        [
            "/permissions/1 unknown_permission",
            "/scopes/pipelines:read not_scoped", "/scopes/deals:read invalid_choice", "/scopes/deals~0~1:x not_scoped",
            "/fields/deals.id not_restrictable", "/fields/deals.ownerId not_restrictable", "/fields/deals.color not_restrictable",
            "/fields/users.email not_restrictable", "/fields/amount not_restrictable", "/fields/deals.amount invalid_choice",
        ]);
    }

    [Fact]
    public async Task A_role_cannot_narrow_a_permission_it_does_not_have()
    {
        var both = new Dictionary<string, string?> { ["deals:read"] = "team", ["deals:write"] = "own" };
        (await Owner.SendAsync("POST", Path, new { name = "Idle", permissions = new[] { "deals:read" }, scopes = both })).Faults.ShouldBe(["/scopes/deals:write permission_not_held"]);

        var (id, _) = await Owner.CreateRoleAsync(["deals:read", "deals:write"], both);
        (await Owner.SendAsync("PATCH", $"{Path}/{id}", new { permissions = new[] { "deals:write" } })).Faults.ShouldBe(["/scopes/deals:read permission_not_held"]);
        (await Owner.SendAsync("PATCH", $"{Path}/{id}", new { permissions = new[] { "deals:write" }, scopes = new Dictionary<string, string?> { ["deals:read"] = null } })).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_shape_of_a_role_is_checked_as_that_of_any_record()
    {
        var answer = await Owner.SendAsync("POST", Path, new { permissions = "deals:read", scopes = new[] { "deals:read" }, fields = new Dictionary<string, object> { ["deals.amount"] = 1 }, builtIn = true });

        answer.Faults.ShouldBe(["/permissions invalid_type", "/scopes invalid_type", "/fields/deals.amount invalid_type", "/builtIn read_only", "/name required"]);
        (await Owner.SendAsync("POST", Path, new { name = "Many", permissions = Array.Empty<string>(), scopes = Enumerable.Range(0, 201).ToDictionary(i => $"s{i}", _ => "own") })).Faults.ShouldBe(["/scopes too_many"]);
    }

    [Fact]
    public async Task Two_roles_cannot_have_one_name_whatever_the_case()
    {
        (await Owner.SendAsync("POST", Path, new { name = "OWNER", permissions = new[] { "deals:read" } })).Code.ShouldBe("taken");
        (await fixture.Beta.Client.SendAsync("POST", Path, new { name = "Sales", permissions = new[] { "deals:read" } })).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("owner")]
    [InlineData("admin")]
    [InlineData("member")]
    [InlineData("viewer")]
    public async Task Built_in_roles_can_neither_be_changed_nor_deleted(string name)
    {
        var item = $"{Path}/{await Owner.RoleIdAsync(name)}";

        (await Owner.SendAsync("PATCH", item, new { description = "Mine." })).Code.ShouldBe("role_built_in");
        (await Owner.SendAsync("DELETE", item)).Code.ShouldBe("role_built_in");
    }

    [Fact]
    public async Task A_role_that_somebody_has_is_deleted_only_when_nobody_has_it_any_more()
    {
        var (id, name) = await Owner.CreateRoleAsync(["deals:read"]);
        var someone = await fixture.Host.AddAsync(fixture.Acme, name);
        (await Owner.SendAsync("DELETE", $"{Path}/{id}")).Code.ShouldBe("role_in_use");

        (await Owner.GiveRoleAsync(someone.Id, await Owner.RoleIdAsync("viewer"))).Status.ShouldBe(HttpStatusCode.OK);

        (await Owner.SendAsync("DELETE", $"{Path}/{id}")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await Owner.GiveRoleAsync(someone.Id, id)).Faults.ShouldBe(["/roleId reference_not_found"]);
    }

    [Fact]
    public async Task A_role_that_an_invitation_promises_is_not_deleted()
    {
        var (id, name) = await Owner.CreateRoleAsync(["deals:read"]);
        var invitation = await Owner.CreateAsync("invitations", new { email = $"{Guid.NewGuid():N}@people.example", name = "Ina", role = name });
        (await Owner.SendAsync("DELETE", $"{Path}/{id}")).Code.ShouldBe("role_in_use");

        await Owner.SendAsync("DELETE", $"/api/v1/invitations/{invitation["id"]}");

        (await Owner.SendAsync("DELETE", $"{Path}/{id}")).Status.ShouldBe(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData("member")]
    [InlineData("viewer")]
    public async Task Members_and_viewers_neither_read_nor_write_roles(string role)
    {
        var client = await fixture.Host.AddMemberAsync(fixture.Acme, role);

        (await client.SendAsync("GET", Path)).Code.ShouldBe("permission_missing");
        (await client.SendAsync("POST", Path, new { name = "Mine", permissions = new[] { "deals:read" } })).Code.ShouldBe("permission_missing");
        (await client.SendAsync("GET", $"/api/v1/admin/explain?userId={Guid.CreateVersion7()}&permission=deals:read")).Code.ShouldBe("permission_missing");
    }

    private async Task<IReadOnlyList<string>> ListAsync(string sql, Guid id)
    {
        await using var source = NpgsqlDataSource.Create(fixture.Host.Database.SuperConnectionString);
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var found = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            found.Add(reader.GetString(0));
        return found;
    }
}
