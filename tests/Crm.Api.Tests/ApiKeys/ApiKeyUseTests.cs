using System.Net;
using Crm.Api.Tests.Identity;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.ApiKeys;

/// <summary>What a key opens, and what it does not.</summary>
public sealed class ApiKeyUseTests(ApiKeyFixture api) : IClassFixture<ApiKeyFixture>
{
    // A second, and what a busy machine takes to ask.
    private static readonly TimeSpan ASecond = TimeSpan.FromSeconds(1.5);

    private HttpClient Owner => api.Acme.Client;

    [Fact]
    public async Task A_key_is_taken_from_its_header_and_as_bearer_and_from_both_when_they_say_the_same()
    {
        var key = await Owner.CreateKeyAsync();
        var bearer = $"Bearer {key.Secret}";

        foreach (var headers in new (string, string)[][] { [("X-API-Key", key.Secret)], [("x-api-key", $" {key.Secret} ")], [("Authorization", bearer)], [("authorization", $"bearer {key.Secret}")], [("X-API-Key", key.Secret), ("Authorization", bearer)] })
            (await api.A.CreateClient().SendAsync("GET", KeyUse.MePath, null, headers)).Status.ShouldBe(HttpStatusCode.OK, headers[0].ToString());

        var other = await Owner.CreateKeyAsync();
        foreach (var authorization in new[] { $"Bearer {other.Secret}", $"Bearer {api.Acme.Token}", "Basic eDp5" })
        {
            var both = await api.A.CreateClient().SendAsync("GET", KeyUse.MePath, null, ("X-API-Key", key.Secret), ("Authorization", authorization));
            (both.Status, both.Code).ShouldBe((HttpStatusCode.Unauthorized, "ambiguous_credentials"));
        }
    }

    [Fact]
    public async Task A_key_may_do_what_its_scopes_say_and_no_more()
    {
        var client = api.A.WithKey((await Owner.CreateKeyAsync(["contacts:read", "companies:write"])).Secret);

        (await client.SendAsync("GET", "/api/v1/contacts")).Status.ShouldBe(HttpStatusCode.OK);
        (await client.SendAsync("GET", "/api/v1/companies")).Code.ShouldBe("permission_missing");
        (await client.SendAsync("POST", "/api/v1/contacts", new { lastName = "x" })).Code.ShouldBe("permission_missing");
        await client.CreateAsync("companies", new { name = "By key" });
        var me = (await client.SendAsync("GET", KeyUse.MePath)).Body!;
        me["permissions"]!.ToJsonString().ShouldBe("""["companies:write","contacts:read"]""");
    }

    [Fact]
    public async Task A_change_made_with_a_key_names_the_key()
    {
        var key = await Owner.CreateKeyAsync(["companies:write", "companies:read", "pipelines:write", "pipelines:read", "deals:read", "deals:write"]);
        var company = await api.A.WithKey(key.Secret).CreateAsync("companies", new { name = "By key" });
        var deal = await api.A.WithKey(key.Secret).CreateAsync("deals", new { name = "By key" });
        await api.A.WithKey(key.Secret).SendAsync("PATCH", $"/api/v1/deals/{deal["id"]}", new { name = "By key too" });

        foreach (var record in new[] { company, deal })
        {
            (await api.ScalarAsync("SELECT string_agg(DISTINCT actor_type || ' ' || actor_id, ',') FROM changes WHERE record_id = $1", (Guid)record["id"]!))
                .ShouldBe($"api_key {key.Id}");
        }
    }

    [Theory]
    [InlineData("POST", "/api/v1/api-keys")]
    [InlineData("GET", "/api/v1/api-keys")]
    [InlineData("POST", "/api/v1/api-keys/query")]
    [InlineData("GET", "/api/v1/api-keys/{id}")]
    [InlineData("PATCH", "/api/v1/api-keys/{id}")]
    [InlineData("DELETE", "/api/v1/api-keys/{id}")]
    [InlineData("POST", "/api/v1/api-keys/{id}/rotate")]
    [InlineData("GET", "/api/v1/api-keys/{id}/usage")]
    [InlineData("POST", "/api/v1/me/password")]
    [InlineData("POST", "/api/v1/me/email")]
    [InlineData("GET", "/api/v1/me/sessions")]
    [InlineData("DELETE", "/api/v1/me/sessions/{id}")]
    [InlineData("GET", "/api/v1/admin/users/{id}/lockout")]
    [InlineData("POST", "/api/v1/admin/users/{id}/unlock")]
    [InlineData("POST", "/api/v1/auth/sign-out")]
    [InlineData("POST", "/api/v1/auth/sign-out-everywhere")]
    public async Task What_is_about_keys_passwords_and_sessions_needs_a_signed_in_user(string method, string path)
    {
        var key = await Owner.CreateKeyAsync([.. Domain.Identity.Permissions.Scopes]);

        var answer = await api.A.WithKey(key.Secret).SendAsync(method, path.Replace("{id}", key.Id.ToString(), StringComparison.Ordinal), method is "GET" or "DELETE" ? null : new { });

        (answer.Status, answer.Code).ShouldBe((HttpStatusCode.Forbidden, "session_required"));
    }

    [Theory]
    [InlineData("users:write", "POST", "/api/v1/admin/users/{id}/deactivate")]
    [InlineData("teams:write", "POST", "/api/v1/admin/teams")]
    [InlineData("roles:write", "POST", "/api/v1/admin/roles")]
    [InlineData("provider_keys:write", "POST", "/api/v1/provider-keys")]
    [InlineData("settings:write", "PATCH", "/api/v1/admin/settings")]
    public async Task No_key_manages_people_teams_roles_provider_keys_or_settings_nor_does_one_that_was_given_the_scope_before(string permission, string method, string path)
    {
        (await Owner.SendAsync("POST", KeyUse.Collection, new { name = "Wide", scopes = new[] { permission } })).Status.ShouldBe(HttpStatusCode.BadRequest);
        var key = await Owner.CreateKeyAsync();
        await api.ScalarAsync($"UPDATE api_keys SET scopes = array_append(scopes, '{permission}') WHERE id = $1", key.Id);

        var answer = await api.A.WithKey(key.Secret).SendAsync(method, path.Replace("{id}", key.Id.ToString(), StringComparison.Ordinal), new { name = "x", permissions = Array.Empty<string>() });

        (answer.Status, answer.Code).ShouldBe((HttpStatusCode.Forbidden, "permission_missing"), answer.Text);
    }

    [Fact]
    public async Task A_key_opens_nothing_of_the_host()
    {
        var key = await Owner.CreateKeyAsync([.. Domain.Identity.Permissions.Scopes]);

        (await api.A.WithKey(key.Secret).SendAsync("GET", "/api/v1/host/tenants")).Code.ShouldBe("host_only");
    }

    [Fact]
    public async Task A_key_tells_of_its_own_tenant_alone()
    {
        var (email, password) = (await api.A.CreatePersonAsync("acme"));
        await api.A.CreateAdminAsync("beta", email, password);
        var person = await api.A.SignInAsync(new { email, password, tenant = "acme" });
        (await person.SendAsync("GET", KeyUse.MePath)).Body!["memberships"]!.AsArray().Count.ShouldBe(2);
        var key = await person.CreateKeyAsync();

        var me = await api.A.WithKey(key.Secret).SendAsync("GET", KeyUse.MePath);

        ((string)me.Body!["memberships"]!.AsArray().ShouldHaveSingleItem()!["identifier"]!).ShouldBe("acme");
    }

    [Theory]
    [InlineData("acme", HttpStatusCode.OK)]
    [InlineData("beta", HttpStatusCode.Forbidden)]
    public async Task A_tenant_named_beside_the_key_must_be_the_key_s(string tenant, HttpStatusCode status)
    {
        var key = await Owner.CreateKeyAsync();

        (await api.A.WithKey(key.Secret).SendAsync("GET", "/api/v1/contacts", null, ("X-Tenant", tenant))).Status.ShouldBe(status);
    }

    [Fact]
    public async Task A_key_of_one_tenant_reaches_nothing_of_another()
    {
        var contact = await api.Beta.Client.CreateAsync("contacts", new { lastName = "Foreign" });
        var client = api.A.WithKey((await Owner.CreateKeyAsync()).Secret);

        (await client.SendAsync("GET", $"/api/v1/contacts/{contact["id"]}")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await client.SendAsync("GET", "/api/v1/contacts?limit=200")).Text.ShouldNotContain("Foreign");
    }

    [Fact]
    public async Task A_key_is_good_only_from_its_addresses()
    {
        var key = await Owner.CreateKeyAsync(allowedIps: ["192.0.2.0/24", "2001:db8::/32", "198.51.100.7"]);

        foreach (var inside in new[] { "192.0.2.0", "192.0.2.255", "::ffff:192.0.2.9", "2001:db8:ffff::1", "198.51.100.7" })
            (await api.A.MeFromAsync(key.Secret, inside)).Status.ShouldBe(HttpStatusCode.OK, inside);
        foreach (var outside in new[] { "192.0.3.0", "::ffff:192.0.3.9", "2001:db9::1", "198.51.100.8", "nowhere", "127.0.0.1" })
            (await api.A.MeFromAsync(key.Secret, outside)).Code.ShouldBe("invalid_api_key", outside);
    }

    [Fact]
    public async Task A_range_of_addresses_that_cannot_be_read_lets_nobody_in()
    {
        var key = await Owner.CreateKeyAsync(allowedIps: ["192.0.2.0/24"]);
        await ChangeAsync("UPDATE api_keys SET allowed_ips = '{192.0.2}' WHERE id = $1", key);

        foreach (var address in new[] { "192.0.2.1", "127.0.0.1", "nowhere" })
            (await api.A.MeFromAsync(key.Secret, address)).Code.ShouldBe("invalid_api_key", address);
    }

    [Fact]
    public async Task What_changes_about_the_member_counts_at_once_for_the_key_on_every_node()
    {
        var (email, password) = (await api.A.CreatePersonAsync("acme"));
        var person = await api.A.SignInAsync(new { email, password });
        var key = await person.CreateKeyAsync(["contacts:read", "contacts:write"]);
        var client = api.B.WithKey(key.Secret);
        Task<Answer> Write() => client.SendAsync("POST", "/api/v1/contacts", new { lastName = "x" });
        (await Write()).Status.ShouldBe(HttpStatusCode.Created);

        await ChangeAsync("UPDATE memberships m SET role_id = r.id FROM roles r, api_keys k WHERE r.tenant_id = m.tenant_id AND r.name = 'viewer' AND m.id = k.user_id AND k.id = $1", key);
        (await Until.ShouldBe(Write, a => a.Status == HttpStatusCode.Forbidden, ASecond)).Code.ShouldBe("permission_missing");
        (await client.SendAsync("GET", "/api/v1/contacts")).Status.ShouldBe(HttpStatusCode.OK);

        await ChangeAsync("UPDATE memberships m SET active = false FROM api_keys k WHERE m.id = k.user_id AND k.id = $1", key);
        (await Until.ShouldBe(Write, a => a.Status == HttpStatusCode.Unauthorized, ASecond)).Code.ShouldBe("invalid_api_key");
    }

    [Fact]
    public async Task A_suspended_tenant_s_keys_are_refused()
    {
        var tenant = await api.A.CreateTenantAsync("gone");
        var key = await tenant.Client.CreateKeyAsync();
        var client = api.B.WithKey(key.Secret);
        (await client.SendAsync("GET", KeyUse.MePath)).Status.ShouldBe(HttpStatusCode.OK);

        await api.ScalarAsync("UPDATE tenants SET status = 'suspended' WHERE id = $1", tenant.Id);

        (await Until.ShouldBe(() => client.SendAsync("GET", KeyUse.MePath), a => a.Status == HttpStatusCode.Forbidden, ASecond)).Code.ShouldBe("tenant_suspended");
    }

    [Fact]
    public async Task A_key_revoked_on_one_node_is_refused_by_the_other_within_a_second()
    {
        var key = await Owner.CreateKeyAsync();
        var client = api.B.WithKey(key.Secret);
        (await client.SendAsync("GET", KeyUse.MePath)).Status.ShouldBe(HttpStatusCode.OK);

        (await Owner.SendAsync("DELETE", key.Path)).Status.ShouldBe(HttpStatusCode.NoContent);

        (await Until.ShouldBe(() => client.SendAsync("GET", KeyUse.MePath), a => a.Status == HttpStatusCode.Unauthorized, ASecond)).Code.ShouldBe("invalid_api_key");
    }

    [Fact]
    public async Task An_expired_key_is_refused()
    {
        var key = await Owner.CreateKeyAsync(expiresAt: DateTimeOffset.Parse("2999-01-01T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture));
        (await api.B.WithKey(key.Secret).SendAsync("GET", KeyUse.MePath)).Status.ShouldBe(HttpStatusCode.OK);

        await ChangeAsync("UPDATE api_keys SET expires_at = clock_timestamp() - interval '1 second' WHERE id = $1", key);

        (await Until.ShouldBe(() => api.B.WithKey(key.Secret).SendAsync("GET", KeyUse.MePath), a => a.Status == HttpStatusCode.Unauthorized, ASecond)).Code.ShouldBe("invalid_api_key");
    }

    [Fact]
    public async Task After_a_rotation_both_secrets_are_good_until_the_overlap_ends()
    {
        var first = await Owner.CreateKeyAsync();
        var second = TestKey.Of((await Owner.SendAsync("POST", first.Path + "/rotate", new { overlapHours = 1 }, ("If-Match", "\"1\""))).Body!);
        (second.Id, second.Version).ShouldBe((first.Id, 2));
        second.Secret.ShouldNotBe(first.Secret);
        (await StatusesAsync(first, second)).ShouldBe([200, 200]);

        // A later rotation does not prolong what ends before.
        var third = TestKey.Of((await Owner.SendAsync("POST", first.Path + "/rotate", new { })).Body!);
        (await api.ScalarAsync("SELECT count(*) FROM api_key_secrets WHERE api_key_id = $1 AND ends_at < clock_timestamp() + interval '61 minutes'", first.Id)).ShouldBe(1L);
        (await StatusesAsync(first, second, third)).ShouldBe([200, 200, 200]);

        await ChangeAsync("UPDATE api_key_secrets SET ends_at = ends_at - interval '2 hours' WHERE api_key_id = $1", first);
        await Until.ShouldBe(() => StatusesAsync(first, second, third), s => s.SequenceEqual([401, 200, 200]), ASecond);

        var last = TestKey.Of((await Owner.SendAsync("POST", first.Path + "/rotate", new { overlapHours = 0 })).Body!);
        await Until.ShouldBe(() => StatusesAsync(first, second, third, last), s => s.SequenceEqual([401, 401, 401, 200]), ASecond);
        (await api.ScalarAsync("SELECT count(*) FROM api_key_secrets WHERE api_key_id = $1", first.Id)).ShouldBe(3L);
    }

    private async Task<IReadOnlyList<int>> StatusesAsync(params TestKey[] keys)
    {
        var statuses = new List<int>();
        foreach (var key in keys)
            statuses.Add((int)(await api.B.WithKey(key.Secret).SendAsync("GET", KeyUse.MePath)).Status);
        return statuses;
    }

    private Task<object?> ChangeAsync(string sql, TestKey key) => api.ScalarAsync(sql, key.Id);
}
