using System.Net;
using Crm.Api.Tests.Identity;
using Crm.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Roles;

public sealed class ChangeRoleTests(IdentityFixture fixture) : IClassFixture<IdentityFixture>
{
    private HttpClient Owner => fixture.Acme.Client;

    [Fact]
    public async Task A_user_gets_another_role_and_the_change_log_tells_who_gave_it()
    {
        var someone = await fixture.Host.AddAsync(fixture.Acme, "viewer");
        var (viewer, admin) = (await Owner.RoleIdAsync("viewer"), await Owner.RoleIdAsync("admin"));

        var changed = await Owner.GiveRoleAsync(someone.Id, admin, ("If-Match", "\"1\""));

        changed.Status.ShouldBe(HttpStatusCode.OK, changed.Text);
        changed.Headers["ETag"].ShouldBe("\"2\"");
        changed.Body!["roleId"]!.GetValue<Guid>().ShouldBe(admin);
        (await Owner.SendAsync("GET", $"/api/v1/users/{someone.Id}")).Text.ShouldBe(changed.Text);
        (await LogAsync(someone.Id)).ShouldBe($$$"""updated ChangeRole 2 {"roleId": {"to": "{{{admin}}}", "from": "{{{viewer}}}"}}""");
    }

    [Fact]
    public async Task The_role_one_has_already_is_no_change_and_an_old_version_is_stale()
    {
        var someone = await fixture.Host.AddAsync(fixture.Acme, "viewer");

        (await Owner.GiveRoleAsync(someone.Id, await Owner.RoleIdAsync("viewer"))).Headers["ETag"].ShouldBe("\"1\"");
        var stale = await Owner.GiveRoleAsync(someone.Id, await Owner.RoleIdAsync("admin"), ("If-Match", "\"7\""));

        stale.Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        stale.Body!["current"]!["id"]!.GetValue<Guid>().ShouldBe(someone.Id);
    }

    [Fact]
    public async Task A_role_that_does_not_exist_is_told_and_a_user_of_another_tenant_is_not_there()
    {
        var someone = await fixture.Host.AddAsync(fixture.Acme, "viewer");
        var foreign = await fixture.Host.AddAsync(fixture.Beta, "viewer");

        (await Owner.GiveRoleAsync(someone.Id, await fixture.Beta.Client.RoleIdAsync("viewer"))).Faults.ShouldBe(["/roleId reference_not_found"]);
        (await Owner.GiveRoleAsync(foreign.Id, await Owner.RoleIdAsync("viewer"))).Status.ShouldBe(HttpStatusCode.NotFound);
        (await Owner.SendAsync("PUT", "/api/v1/admin/users/nobody/role", new { roleId = Guid.CreateVersion7() })).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_last_owner_stays_one()
    {
        var tenant = await fixture.Host.CreateTenantAsync($"t{Guid.NewGuid():N}"[..20]);
        var me = (Guid)(await tenant.Client.SendAsync("GET", "/api/v1/me")).Body!["user"]!["id"]!;
        var admin = await tenant.Client.RoleIdAsync("admin");
        (await tenant.Client.GiveRoleAsync(me, admin)).Code.ShouldBe("last_owner");

        await fixture.Host.AddAsync(tenant, "owner");

        (await tenant.Client.GiveRoleAsync(me, admin)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_owner_who_is_not_active_does_not_count()
    {
        var tenant = await fixture.Host.CreateTenantAsync($"t{Guid.NewGuid():N}"[..20]);
        var me = (Guid)(await tenant.Client.SendAsync("GET", "/api/v1/me")).Body!["user"]!["id"]!;
        var gone = await fixture.Host.AddAsync(tenant, "owner");
        await ExecuteAsync("UPDATE memberships SET active = false WHERE id = $1", gone.Id);

        (await tenant.Client.GiveRoleAsync(me, await tenant.Client.RoleIdAsync("admin"))).Code.ShouldBe("last_owner");
    }

    [Fact]
    public async Task Of_two_owners_who_demote_one_another_at_once_one_stays()
    {
        for (var round = 0; round < 10; round++)
        {
            var tenant = await fixture.Host.CreateTenantAsync($"t{Guid.NewGuid():N}"[..20]);
            var one = (Guid)(await tenant.Client.SendAsync("GET", "/api/v1/me")).Body!["user"]!["id"]!;
            var two = await fixture.Host.AddAsync(tenant, "owner");
            var viewer = await tenant.Client.RoleIdAsync("viewer");

            var answers = await Task.WhenAll(tenant.Client.GiveRoleAsync(two.Id, viewer), two.Client.GiveRoleAsync(one, viewer));

            answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(1);
            answers.Single(a => a.Status != HttpStatusCode.OK).Code.ShouldBeOneOf("last_owner", "exceeds_own_access");
        }
    }

    private async Task<string> LogAsync(Guid userId)
    {
        await using var source = NpgsqlDataSource.Create(fixture.Host.Database.SuperConnectionString);
        await using var command = source.CreateCommand(
            "SELECT action || ' ' || origin || ' ' || version || ' ' || fields::text FROM changes WHERE record_type = 'membership' AND record_id = $1 ORDER BY sequence DESC LIMIT 1");
        command.Parameters.Add(new() { Value = userId });
        return (string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    private async Task ExecuteAsync(string sql, Guid id)
    {
        await using var source = NpgsqlDataSource.Create(fixture.Host.Database.SuperConnectionString);
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = id });
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}

public sealed class RolesOnTwoNodesTests(TwoNodes nodes) : IClassFixture<TwoNodes>
{
    // A second, and what a busy machine takes to ask.
    private static readonly TimeSpan ASecond = TimeSpan.FromSeconds(1.5);

    [Fact]
    public async Task A_role_given_on_one_node_counts_on_the_other_within_a_second()
    {
        var someone = await nodes.A.AddAsync(nodes.Acme, "viewer");
        var onB = await OnBAsync(someone);
        (await WriteAsync(onB)).Code.ShouldBe("permission_missing");

        await nodes.Acme.Client.GiveRoleAsync(someone.Id, await nodes.Acme.Client.RoleIdAsync("member"));

        await Until.ShouldBe(() => WriteAsync(onB), a => a.Status == HttpStatusCode.Created, ASecond);
    }

    [Fact]
    public async Task A_role_changed_on_one_node_counts_on_the_other_within_a_second()
    {
        var (id, name) = await nodes.Acme.Client.CreateRoleAsync(["contacts:write"]);
        var onB = await OnBAsync(await nodes.A.AddAsync(nodes.Acme, name));
        (await WriteAsync(onB)).Status.ShouldBe(HttpStatusCode.Created);

        await nodes.Acme.Client.SendAsync("PATCH", $"/api/v1/{Access.Roles}/{id}", new { permissions = new[] { "contacts:read" } });

        await Until.ShouldBe(() => WriteAsync(onB), a => a.Code == "permission_missing", ASecond);
    }

    private async Task<HttpClient> OnBAsync(Someone someone)
    {
        var token = someone.Client.DefaultRequestHeaders.Authorization!.Parameter!;
        var client = nodes.B.CreateClient().With(token);
        (await client.SendAsync("GET", "/api/v1/me")).Status.ShouldBe(HttpStatusCode.OK);
        return client;
    }

    private static Task<Answer> WriteAsync(HttpClient client) => client.SendAsync("POST", "/api/v1/contacts", new { firstName = "Ada" });
}
