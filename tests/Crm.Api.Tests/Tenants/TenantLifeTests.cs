using System.Net;
using Crm.Api.Tests.Identity;
using Crm.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Tenants;

public sealed class TenantLifeTests(IdentityFixture fixture) : IClassFixture<IdentityFixture>
{
    private const string Path = "/api/v1/host/tenants";

    private ApiHost Host => fixture.Host;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_renamed_tenant_is_signed_in_to_by_its_new_identifier_and_its_tokens_stay_good()
    {
        var client = await Host.CreateOperatorAsync();
        var tenant = await Host.CreateTenantAsync(ApiHost.NewIdentifier());
        var fresh = ApiHost.NewIdentifier();

        var changed = await client.SendAsync("PATCH", $"{Path}/{tenant.Id}", new { name = "Renamed", identifier = fresh, currency = "EUR" });

        changed.Status.ShouldBe(HttpStatusCode.OK);
        (changed.Body!["name"]!.GetValue<string>(), changed.Body["identifier"]!.GetValue<string>(), changed.Body["currency"]!.GetValue<string>()).ShouldBe(("Renamed", fresh, "EUR"));
        changed.Headers["ETag"].ShouldBe($"\"{changed.Body["version"]}\"");
        (await SignInAsync(tenant, fresh)).Status.ShouldBe(HttpStatusCode.OK);
        (await SignInAsync(tenant, tenant.Identifier)).Code.ShouldBe("invalid_credentials");
        await Until.ShouldBe(
            () => tenant.Client.SendAsync("GET", "/api/v1/me"), a => a.Status == HttpStatusCode.OK && a.Body!["tenant"]!["identifier"]!.GetValue<string>() == fresh, TimeSpan.FromSeconds(3));
        (await client.SendAsync("PATCH", $"{Path}/{tenant.Id}", new { identifier = "acme" })).Code.ShouldBe("identifier_taken");
    }

    [Fact]
    public async Task All_faults_of_a_change_are_told_at_once_and_null_does_not_clear_what_is_needed()
    {
        var client = await Host.CreateOperatorAsync();
        var path = $"{Path}/{fixture.Beta.Id}";

        (await client.SendAsync("PATCH", path, new { name = "", identifier = "B", currency = "x", plan = "gold", limits = new { users = 0, records = -1 } })).Faults.ShouldBe(
            ["/name blank", "/identifier invalid_identifier", "/currency invalid_choice", "/plan invalid_choice", "/limits/users out_of_range", "/limits/records out_of_range"], ignoreOrder: true);
        (await client.SendAsync("PATCH", path, new { name = (string?)null, identifier = (string?)null, currency = (string?)null, plan = (string?)null })).Faults.ShouldBe(
            ["/name not_null", "/identifier not_null", "/currency not_null", "/plan not_null"], ignoreOrder: true);
        (await client.SendAsync("PATCH", path, new { status = "active", name = 1, limits = new { users = "x", gold = 1 } })).Faults.ShouldBe(
            ["/status unknown_member", "/name invalid_type", "/limits/users invalid_type", "/limits/gold unknown_member"], ignoreOrder: true);
        (await client.SendAsync("PATCH", path, new[] { 1 })).Faults.ShouldBe([" invalid_type"]);
        (await client.SendAsync("PATCH", $"{Path}/{Guid.NewGuid()}", new { name = "x" })).Code.ShouldBe("not_found");
    }

    [Fact]
    public async Task Faults_of_form_and_of_rules_are_told_together_and_of_a_patch_only_those_of_what_was_sent()
    {
        var client = await Host.CreateOperatorAsync();

        (await client.SendAsync("POST", Path, new { identifier = "No", name = "", admin = new { email = 7, password = "short" } })).Faults.ShouldBe(
            ["/admin/email invalid_type", "/admin/name required", "/identifier invalid_identifier", "/name blank", "/admin/password password_too_short",
             "/admin/password password_needs_upper", "/admin/password password_needs_digit", "/admin/password password_needs_special"], ignoreOrder: true);
        (await client.SendAsync("POST", Path, new { identifier = "No", name = "", admin = "me" })).Faults.ShouldBe(
            ["/admin invalid_type", "/identifier invalid_identifier", "/name blank"], ignoreOrder: true);
        (await client.SendAsync("POST", Path, new[] { 1 })).Faults.ShouldBe([" invalid_type"]);
        (await client.SendAsync("PATCH", $"{Path}/{fixture.Beta.Id}", new { identifier = "No", limits = new { users = 0, records = "few" }, nope = 1 })).Faults.ShouldBe(
            ["/limits/records invalid_type", "/nope unknown_member", "/identifier invalid_identifier", "/limits/users out_of_range"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_change_meant_for_an_older_version_is_refused_with_what_there_is_and_one_that_changes_nothing_makes_no_version()
    {
        var client = await Host.CreateOperatorAsync();
        var path = $"{Path}/{(await Host.CreateTenantAsync(ApiHost.NewIdentifier())).Id}";
        var read = await client.SendAsync("GET", path);
        var tag = read.Headers["ETag"];

        (await client.SendAsync("PATCH", path, new { name = read.Body!["name"]!.GetValue<string>() }, ("If-Match", tag))).Headers["ETag"].ShouldBe(tag);
        (await client.SendAsync("PATCH", path, new { name = "First" }, ("If-Match", tag))).Status.ShouldBe(HttpStatusCode.OK);
        var stale = await client.SendAsync("PATCH", path, new { name = "Second" }, ("If-Match", tag));

        (stale.Status, stale.Code).ShouldBe((HttpStatusCode.PreconditionFailed, "stale_version"));
        stale.Body!["current"]!["name"]!.GetValue<string>().ShouldBe("First");
        (await client.SendAsync("DELETE", path, null, ("If-Match", tag))).Code.ShouldBe("stale_version");
    }

    [Fact]
    public async Task Parallel_changes_without_a_version_all_happen()
    {
        var client = await Host.CreateOperatorAsync();
        var tenant = await Host.CreateTenantAsync(ApiHost.NewIdentifier());

        var answers = await Task.WhenAll(
            client.SendAsync("PATCH", $"{Path}/{tenant.Id}", new { name = "Parallel" }),
            client.SendAsync("PATCH", $"{Path}/{tenant.Id}", new { currency = "CHF" }),
            client.SendAsync("PATCH", $"{Path}/{tenant.Id}", new { limits = new { records = 7 } }));

        answers.ShouldAllBe(a => a.Status == HttpStatusCode.OK);
        var now = (await client.SendAsync("GET", $"{Path}/{tenant.Id}")).Body!;
        (now["name"]!.GetValue<string>(), now["currency"]!.GetValue<string>(), now["limits"]!["records"]!.GetValue<int>()).ShouldBe(("Parallel", "CHF", 7));
    }

    [Fact]
    public async Task A_deleted_tenant_refuses_everybody_within_a_second_and_can_be_restored_to_what_it_was()
    {
        var client = await Host.CreateOperatorAsync();
        var tenant = await Host.CreateTenantAsync(ApiHost.NewIdentifier());
        var path = $"{Path}/{tenant.Id}";

        var deleted = await client.SendAsync("DELETE", path);

        deleted.Body!["status"]!.GetValue<string>().ShouldBe("deleting");
        deleted.Body["deleteAfter"]!.GetValue<DateTime>().ShouldBeInRange(DateTime.UtcNow.AddDays(29.9), DateTime.UtcNow.AddDays(30.1));
        (await client.SendAsync("DELETE", path)).Text.ShouldBe(deleted.Text);
        (await Until.ShouldBe(() => tenant.Client.SendAsync("GET", "/api/v1/me"), a => a.Status == HttpStatusCode.Forbidden, TimeSpan.FromSeconds(3))).Code.ShouldBe("tenant_suspended");
        (await SignInAsync(tenant, tenant.Identifier)).Code.ShouldBe("tenant_suspended");
        foreach (var (method, suffix, body) in new (string, string, object?)[] { ("POST", "/activate", null), ("POST", "/suspend", null), ("PATCH", "", new { name = "x" }) })
            (await client.SendAsync(method, path + suffix, body)).Code.ShouldBe("tenant_deleting", method + suffix);

        (await client.SendAsync("POST", path + "/restore")).Body!["status"]!.GetValue<string>().ShouldBe("active");
        (await client.SendAsync("POST", path + "/restore")).Status.ShouldBe(HttpStatusCode.OK);
        (await SignInAsync(tenant, tenant.Identifier)).Status.ShouldBe(HttpStatusCode.OK);

        await client.SendAsync("POST", path + "/suspend");
        await client.SendAsync("DELETE", path);
        (await client.SendAsync("POST", path + "/restore")).Body!["status"]!.GetValue<string>().ShouldBe("suspended");
    }

    [Fact]
    public async Task A_tenant_whose_removal_has_begun_cannot_be_restored()
    {
        var client = await Host.CreateOperatorAsync();
        var tenant = await Host.CreateTenantAsync(ApiHost.NewIdentifier());
        await ExecuteAsync("UPDATE tenants SET status = 'purging', delete_after = now() WHERE id = $1", tenant.Id);

        (await client.SendAsync("POST", $"{Path}/{tenant.Id}/restore")).Code.ShouldBe("tenant_purging");
    }

    [Fact]
    public async Task Due_tenants_are_removed_by_the_running_system_and_their_identifiers_are_free_again()
    {
        await using var node = await Host.StartNodeAsync(null, ("Tenants:SweepInterval", "00:00:01"));
        var client = await Host.CreateOperatorAsync();
        var tenant = await Host.CreateTenantAsync(ApiHost.NewIdentifier());
        await client.SendAsync("DELETE", $"{Path}/{tenant.Id}");
        await ExecuteAsync("UPDATE tenants SET delete_after = now() WHERE id = $1", tenant.Id);

        await Until.ShouldBe(() => client.SendAsync("GET", $"{Path}/{tenant.Id}"), a => a.Status == HttpStatusCode.NotFound, TimeSpan.FromSeconds(20));

        (await client.SendAsync("POST", Path, new { identifier = tenant.Identifier, name = "Next" })).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task The_host_s_log_tells_who_did_what_to_a_tenant()
    {
        var client = await Host.CreateOperatorAsync();
        var tenant = await Host.CreateTenantAsync(ApiHost.NewIdentifier());
        await client.SendAsync("PATCH", $"{Path}/{tenant.Id}", new { name = "Told" });
        await client.SendAsync("DELETE", $"{Path}/{tenant.Id}");
        await client.SendAsync("POST", $"{Path}/{tenant.Id}/restore");

        await using var source = NpgsqlDataSource.Create(Host.Database.SuperConnectionString);
        await using var command = source.CreateCommand("SELECT action, fields->>'name', actor_id IS NOT NULL FROM host_changes WHERE fields->>'tenantId' = $1 AND action LIKE 'tenant_%' AND action <> 'tenant_created' ORDER BY at");
        command.Parameters.Add(new() { Value = tenant.Id.ToString() });
        await using var reader = await command.ExecuteReaderAsync(Cancellation);
        var told = new List<string>();
        while (await reader.ReadAsync(Cancellation))
            told.Add($"{reader.GetString(0)} {(await reader.IsDBNullAsync(1, Cancellation) ? "" : reader.GetString(1))} {reader.GetBoolean(2)}");
        told.ShouldBe([$"tenant_changed {tenant.Identifier} -> Told True", "tenant_deleted  True", "tenant_restored  True"]);
    }

    [Fact]
    public async Task A_tenant_may_neither_change_delete_nor_restore_any()
    {
        foreach (var (method, suffix, body) in new (string, string, object?)[] { ("PATCH", "", new { name = "x" }), ("DELETE", "", null), ("POST", "/restore", null), ("GET", "/usage", null) })
            (await fixture.Acme.Client.SendAsync(method, $"{Path}/{fixture.Acme.Id}{suffix}", body)).Code.ShouldBe("host_only", method + suffix);
    }

    private Task<Answer> SignInAsync(TestTenant tenant, string identifier) =>
        Host.CreateClient().SendAsync("POST", People.SignInPath, new { tenant = identifier, email = tenant.Email, password = tenant.Password });

    private async Task ExecuteAsync(string sql, Guid tenant)
    {
        await using var source = NpgsqlDataSource.Create(Host.Database.SuperConnectionString);
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = tenant });
        await command.ExecuteNonQueryAsync(Cancellation);
    }
}
