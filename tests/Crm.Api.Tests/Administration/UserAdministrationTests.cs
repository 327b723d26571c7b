using System.Net;
using Crm.Api.Tests.Identity;
using Crm.Api.Tests.Roles;
using Crm.Domain.Identity;
using Crm.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Administration;

public sealed class UserAdministrationTests(IdentityFixture fixture) : IClassFixture<IdentityFixture>
{
    private static readonly TimeSpan Everywhere = TimeSpan.FromSeconds(3);

    private ApiHost Host => fixture.Host;

    private TestTenant Acme => fixture.Acme;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_deactivated_user_is_refused_on_every_node_within_a_second_and_cannot_sign_in_until_activated()
    {
        await using var node = await Host.StartNodeAsync();
        var (id, email, password) = await AddAsync(Acme, "member");
        var session = await Host.OpenSessionAsync(new { email, password });
        var there = node.CreateClient().With(session.AccessToken);
        (await there.SendAsync("GET", "/api/v1/me")).Status.ShouldBe(HttpStatusCode.OK);

        var answer = await DeactivateAsync(id);

        answer.Text.ShouldBe($"{{\"userId\":\"{id}\",\"active\":false,\"reassignmentJobId\":null}}");
        foreach (var client in new[] { session.Client, there })
            await Until.ShouldBe(() => client.SendAsync("GET", "/api/v1/me"), a => a.Status == HttpStatusCode.Unauthorized, Everywhere);
        (await Host.RefreshAsync(session.RefreshToken)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await Host.CreateClient().SendAsync("POST", People.SignInPath, new { email, password })).Code.ShouldBe("invalid_credentials");
        (await DeactivateAsync(id)).Text.ShouldBe(answer.Text);

        (await ActivateAsync(id)).Text.ShouldBe($"{{\"userId\":\"{id}\",\"active\":true,\"reassignmentJobId\":null}}");
        (await ActivateAsync(id)).Status.ShouldBe(HttpStatusCode.OK);
        (await Host.CreateClient().SendAsync("POST", People.SignInPath, new { email, password })).Status.ShouldBe(HttpStatusCode.OK);
        (await session.Client.SendAsync("GET", "/api/v1/me")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_deactivation_in_one_tenant_leaves_the_user_s_sessions_in_another_alone()
    {
        var (id, email, password) = await AddAsync(Acme, "member");
        await Host.AddUserAsync(fixture.Beta, email, "Mary Member", "member");
        var elsewhere = await Host.SignInAsync(new { tenant = "beta", email, password });

        await DeactivateAsync(id);

        (await elsewhere.SendAsync("GET", "/api/v1/me")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_user_is_deactivated_without_a_body()
    {
        var (id, _, _) = await AddAsync(Acme, "member");

        (await Acme.Client.SendAsync("POST", $"/api/v1/admin/users/{id}/deactivate")).Text.ShouldBe($"{{\"userId\":\"{id}\",\"active\":false,\"reassignmentJobId\":null}}");
    }

    [Fact]
    public async Task The_last_active_owner_stays_also_when_two_deactivate_each_other_at_the_same_time()
    {
        for (var round = 0; round < 5; round++)
        {
            var tenant = await Host.CreateTenantAsync(ApiHost.NewIdentifier());
            var first = (Guid)(await tenant.Client.SendAsync("GET", "/api/v1/me")).Body!["user"]!["id"]!;
            var (second, email, password) = await AddAsync(tenant, "owner");
            var other = await Host.SignInAsync(new { email, password });

            var answers = await Task.WhenAll(DeactivateAsync(second, tenant.Client), DeactivateAsync(first, other));

            (await ScalarAsync<long>("SELECT count(*) FROM memberships WHERE tenant_id = $1 AND active", tenant.Id)).ShouldBe(1);
            answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(1);
            answers.Single(a => a.Status != HttpStatusCode.OK).Code.ShouldBeOneOf("last_owner", "membership_ended", "session_ended");
        }
    }

    [Fact]
    public async Task Nobody_deactivates_themselves_the_last_owner_or_who_may_do_more()
    {
        var tenant = await Host.CreateTenantAsync(ApiHost.NewIdentifier());
        var owner = (Guid)(await tenant.Client.SendAsync("GET", "/api/v1/me")).Body!["user"]!["id"]!;
        var (adminId, email, password) = await AddAsync(tenant, "admin");
        var admin = await Host.SignInAsync(new { email, password });
        var (memberId, memberEmail, memberPassword) = await AddAsync(tenant, "member");

        (await DeactivateAsync(owner, tenant.Client)).Code.ShouldBe("own_membership");
        (await DeactivateAsync(owner, admin)).Code.ShouldBe("exceeds_own_access");
        (await DeactivateAsync(adminId, await Host.SignInAsync(new { email = memberEmail, password = memberPassword }))).Code.ShouldBe("permission_missing");
        (await DeactivateAsync(memberId, admin)).Status.ShouldBe(HttpStatusCode.OK);
        (await ActivateAsync(owner, admin)).Code.ShouldBe("exceeds_own_access");
    }

    [Fact]
    public async Task A_user_of_another_tenant_is_not_found_as_one_that_does_not_exist()
    {
        var (id, _, _) = await AddAsync(fixture.Beta, "member");

        foreach (var unknown in new[] { id.ToString(), Guid.NewGuid().ToString(), "nonsense" })
        {
            (await Acme.Client.SendAsync("POST", $"/api/v1/admin/users/{unknown}/deactivate", new { })).Code.ShouldBe("not_found");
            (await Acme.Client.SendAsync("POST", $"/api/v1/admin/users/{unknown}/activate")).Code.ShouldBe("not_found");
        }
    }

    [Fact]
    public async Task Records_go_to_an_active_user_of_the_tenant_alone()
    {
        var (id, _, _) = await AddAsync(Acme, "member");
        var (inactive, _, _) = await AddAsync(Acme, "member");
        var (foreign, _, _) = await AddAsync(fixture.Beta, "member");
        await DeactivateAsync(inactive);

        foreach (var heir in new[] { id, inactive, foreign, Guid.NewGuid() })
            (await DeactivateAsync(id, heir: heir)).Faults.ShouldBe(["/reassignTo reference_not_found"]);
        (await Acme.Client.SendAsync("POST", $"/api/v1/admin/users/{id}/deactivate", new { reassignTo = "x", more = 1 })).Faults.ShouldBe(
            ["/reassignTo invalid_type", "/more unknown_member"], ignoreOrder: true);
        (await ScalarAsync<long>("SELECT count(*) FROM memberships WHERE tenant_id = $1 AND id = $2 AND active", Acme.Id, id)).ShouldBe(1);
    }

    [Fact]
    public async Task All_records_of_a_deactivated_user_get_the_new_owner_a_new_version_and_a_change_each_and_nothing_else_does()
    {
        var tenant = await Host.CreateTenantAsync(ApiHost.NewIdentifier());
        var (from, _, _) = await AddAsync(tenant, "member");
        var (to, _, _) = await AddAsync(tenant, "member");
        var company = await tenant.Client.CreateAsync("companies", new { name = "Kept", ownerId = to });
        var trashed = await tenant.Client.CreateAsync("companies", new { name = "Trashed", ownerId = from });
        await tenant.Client.SendAsync("DELETE", $"/api/v1/companies/{trashed["id"]}");
        await tenant.Client.CreateAsync("products", new { name = "Loom", code = "L", ownerId = from });
        await ExecuteAsync(
            "INSERT INTO contacts (tenant_id, id, first_name, owner_id, emails, phones, addresses, tags, lifecycle_stage, created_at, updated_at) SELECT $1, gen_random_uuid(), 'C', $2, '[]', '[]', '[]', '{}', 'lead', now(), now() FROM generate_series(1, 450)",
            tenant.Id, from);

        var answer = await DeactivateAsync(from, tenant.Client, to);

        var job = await Until.ShouldBe(
            () => tenant.Client.SendAsync("GET", $"/api/v1/jobs/{answer.Body!["reassignmentJobId"]}"), a => a.Body!["status"]!.GetValue<string>() == "succeeded", TimeSpan.FromSeconds(20));
        (job.Body!["done"]!.GetValue<int>(), job.Body["total"]!.GetValue<int>()).ShouldBe((452, 452));
        (await ScalarAsync<long>("SELECT count(*) FROM contacts WHERE tenant_id = $1 AND owner_id = $2 AND version = 2", tenant.Id, to)).ShouldBe(450);
        (await ScalarAsync<long>("""
            SELECT count(*) FROM changes WHERE tenant_id = $1 AND action = 'updated' AND actor_type = 'user' AND version > 1 AND origin = 'DeactivateUser'
              AND fields = jsonb_build_object('ownerId', jsonb_build_object('from', $2::uuid, 'to', $3::uuid))
            """, tenant.Id, from, to)).ShouldBe(452);

        // Each of them names the change by which the user was deactivated.
        (await ScalarAsync<long>("""
            SELECT count(*) FROM changes c WHERE c.tenant_id = $1 AND c.causation_id = (
              SELECT d.id FROM changes d WHERE d.tenant_id = $1 AND d.record_id = $2 AND d.fields->'active' = '{"from": true, "to": false}')
            """, tenant.Id, from)).ShouldBe(452);
        (await tenant.Client.SendAsync("GET", $"/api/v1/companies/{company["id"]}")).Body!["version"]!.GetValue<int>().ShouldBe(1);
        (await DeactivateAsync(from, tenant.Client, to)).Body!["reassignmentJobId"].ShouldBeNull();
    }

    [Fact]
    public async Task Nobody_has_records_handed_over_who_may_not_read_and_write_all_of_them()
    {
        var tenant = await Host.CreateTenantAsync(ApiHost.NewIdentifier());
        var empty = await Host.AddWithAsync(tenant, ["companies:read"], new Dictionary<string, string> { ["companies:read"] = "own" });
        string[] all = [.. Permissions.HandedOver, "users:write"];
        var sees = await Host.AddWithAsync(tenant, all, new Dictionary<string, string> { ["deals:read"] = "own", ["companies:read"] = "own" });
        var lacks = await Host.AddWithAsync(tenant, [.. all.Except(["products:write"])], new Dictionary<string, string> { ["companies:read"] = "own" });

        foreach (var (caller, heir) in new[] { (sees, sees.Id), (sees, lacks.Id), (lacks, lacks.Id) })
            (await DeactivateAsync(empty.Id, caller.Client, heir)).Code.ShouldBe("exceeds_own_access");

        (await ScalarAsync<bool>("SELECT active FROM memberships WHERE tenant_id = $1 AND id = $2", tenant.Id, empty.Id)).ShouldBeTrue();
        (await DeactivateAsync(empty.Id, sees.Client)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Where_the_tenant_demands_a_version_deactivation_and_activation_name_it_too()
    {
        var tenant = await Host.CreateTenantAsync(ApiHost.NewIdentifier());
        var (id, _, _) = await AddAsync(tenant, "member");
        await tenant.Client.SendAsync("PATCH", "/api/v1/admin/settings", new { requireIfMatch = true });
        var path = $"/api/v1/admin/users/{id}";

        await Until.ShouldBe(() => tenant.Client.SendAsync("POST", $"{path}/activate"), a => (int)a.Status == 428, Everywhere);

        foreach (var (act, version, body) in new[] { ("deactivate", 1, new { }), ("activate", 2, null) })
        {
            ((int)(await tenant.Client.SendAsync("POST", $"{path}/{act}", body)).Status).ShouldBe(428);
            var stale = await tenant.Client.SendAsync("POST", $"{path}/{act}", body, ("If-Match", "\"9\""));
            (stale.Status, (int)stale.Body!["current"]!["version"]!).ShouldBe((HttpStatusCode.PreconditionFailed, version));
            (await tenant.Client.SendAsync("POST", $"{path}/{act}", body, ("If-Match", $"\"{version}\""))).Status.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task A_deactivation_and_an_activation_are_each_a_new_version_of_the_membership()
    {
        var (id, _, _) = await AddAsync(Acme, "member");
        var heir = (Guid)(await Acme.Client.SendAsync("GET", "/api/v1/me")).Body!["user"]!["id"]!;
        await DeactivateAsync(id, heir: heir);
        await ActivateAsync(id);

        (await ScalarAsync<long>("SELECT count(*) FROM memberships WHERE tenant_id = $1 AND id = $2 AND version = 3", Acme.Id, id)).ShouldBe(1);
    }

    private async Task<(Guid Id, string Email, string Password)> AddAsync(TestTenant tenant, string role)
    {
        var (email, password) = ($"{Guid.NewGuid():N}@people.example", ApiHost.NewPassword());
        return (await Host.AddUserAsync(tenant, email, "Mary Member", role, password), email, password);
    }

    private Task<Answer> DeactivateAsync(Guid id, HttpClient? client = null, Guid? heir = null) =>
        (client ?? Acme.Client).SendAsync("POST", $"/api/v1/admin/users/{id}/deactivate", heir is null ? new { } : new { reassignTo = heir });

    private Task<Answer> ActivateAsync(Guid id, HttpClient? client = null) => (client ?? Acme.Client).SendAsync("POST", $"/api/v1/admin/users/{id}/activate");

    private async Task<T> ScalarAsync<T>(string sql, params Guid[] values)
    {
        await using var source = NpgsqlDataSource.Create(Host.Database.SuperConnectionString);
        await using var command = source.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return (T)(await command.ExecuteScalarAsync(Cancellation))!;
    }

    private async Task ExecuteAsync(string sql, params Guid[] values)
    {
        await using var source = NpgsqlDataSource.Create(Host.Database.SuperConnectionString);
        await using var command = source.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(Cancellation);
    }
}
