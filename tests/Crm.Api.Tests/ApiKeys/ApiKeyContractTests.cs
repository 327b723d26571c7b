using System.Net;
using Crm.Api.Tests.Identity;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.ApiKeys;

/// <summary>Making, seeing, changing, rotating and revoking keys over HTTP.</summary>
public sealed class ApiKeyContractTests(ApiKeyFixture api) : IClassFixture<ApiKeyFixture>
{
    private HttpClient Owner => api.Acme.Client;

    [Fact]
    public async Task A_key_is_made_with_a_secret_that_is_told_once()
    {
        var answer = await Owner.SendAsync("POST", KeyUse.Collection, new
        {
            name = "Shop",
            scopes = new[] { "deals:read", "contacts:read", "deals:read" },
            allowedIps = new[] { "192.0.2.0/24", "2001:db8::7" },
            expiresAt = "2999-01-01T00:00:00+02:00",
        });

        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        var (secret, key) = ((string)answer.Body!["secret"]!, answer.Body["apiKey"]!);
        secret.ShouldMatch("^crm_live_[0-9A-Za-z]{38}$");
        answer.Headers["Location"].ShouldBe($"{KeyUse.Collection}/{key["id"]}");
        (answer.Headers["ETag"], answer.Headers["Cache-Control"]).ShouldBe(("\"1\"", "no-store"));
        key["scopes"]!.ToJsonString().ShouldBe("""["contacts:read","deals:read"]""");
        key["allowedIps"]!.ToJsonString().ShouldBe("""["192.0.2.0/24","2001:db8::7"]""");
        ((string)key["expiresAt"]!, (string)key["prefix"]!, (string)key["lastFour"]!).ShouldBe(("2998-12-31T22:00:00Z", secret[..13], secret[^4..]));
        ((Guid)key["userId"]!).ShouldBe((Guid)key["ownerId"]!);
        key["lastUsedAt"].ShouldBeNull();

        var read = await Owner.SendAsync("GET", answer.Headers["Location"] + "?expand=user&fields=name,user.name");
        read.Text.ShouldContain("Olive Owner");
        foreach (var path in new[] { answer.Headers["Location"], KeyUse.Collection + "?limit=200", "/api/v1/me" })
            (await Owner.SendAsync("GET", path)).Text.ShouldNotContain(secret);
        (await Owner.SendAsync("POST", KeyUse.Collection + "/query", new { filter = new { name = new { eq = "Shop" } } })).Ids.ShouldContain((Guid)key["id"]!);
    }

    [Fact]
    public async Task All_faults_of_a_key_to_be_made_are_told_at_once()
    {
        var answer = await Owner.SendAsync("POST", KeyUse.Collection, new
        {
            name = " ",
            scopes = new[] { "contacts:read", "contacts:fly", "api_keys:read", null },
            allowedIps = new[] { "192.0.2.1/24", "10.1", "::ffff:10.0.0.1", "fe80::1%eth0", "300.1.1.1", null },
            expiresAt = "2020-01-01T00:00:00Z",
        });

        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Faults.ShouldBe([
            "/name blank", "/scopes/1 unknown_scope", "/scopes/2 unknown_scope", "/scopes/3 unknown_scope",
            "/allowedIps/0 invalid_ip_range", "/allowedIps/1 invalid_ip_range", "/allowedIps/2 invalid_ip_range", "/allowedIps/3 invalid_ip_range", "/allowedIps/4 invalid_ip_range", "/allowedIps/5 invalid_ip_range",
            "/expiresAt not_in_future"]);
    }

    [Theory]
    [InlineData("""{"name":"x","scopes":[]}""", "/scopes invalid_count")]
    [InlineData("""{"name":"x"}""", "/scopes required")]
    [InlineData("""{"name":"x","scopes":["contacts:read"],"hash":"x"}""", "/hash unknown_member")]
    [InlineData("""{"name":"x","scopes":["contacts:read"],"userId":"019a1f6e-7c00-7000-8000-000000000001"}""", "/userId unknown_member")]
    public async Task A_key_that_is_not_right_is_not_made(string body, string fault)
    {
        var answer = await Owner.SendAsync("POST", KeyUse.Collection, System.Text.Json.JsonDocument.Parse(body).RootElement);

        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Faults.ShouldBe([fault]);
    }

    [Fact]
    public async Task Too_many_scopes_or_addresses_and_too_large_a_body_are_refused()
    {
        var many = await Owner.SendAsync("POST", KeyUse.Collection, new
        {
            name = new string('x', 101),
            scopes = Enumerable.Repeat("contacts:read", 201),
            allowedIps = Enumerable.Range(0, 51).Select(i => $"192.0.2.{i}"),
        });
        var large = await Owner.SendAsync("POST", KeyUse.Collection, new { name = new string('x', 2_000_000), scopes = new[] { "contacts:read" } });

        many.Faults.ShouldBe(["/name too_long", "/scopes invalid_count", "/allowedIps too_many"]);
        large.Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_key_can_have_no_permission_its_maker_lacks()
    {
        var admin = await api.A.AddMemberAsync(api.Acme, "admin");

        var answer = await admin.SendAsync("POST", KeyUse.Collection, new { name = "x", scopes = new[] { "deals:purge", "contacts:read", "contacts:purge" } });

        (answer.Status, answer.Code).ShouldBe((HttpStatusCode.Forbidden, "scopes_exceed_caller"));
        ((string)answer.Body!["detail"]!).ShouldEndWith("contacts:purge, deals:purge.");
    }

    [Fact]
    public async Task Members_without_the_permission_neither_see_nor_make_keys()
    {
        var key = await Owner.CreateKeyAsync();
        var member = await api.A.AddMemberAsync(api.Acme, "member");
        foreach (var (method, path) in Requests(key))
            (await member.SendAsync(method, path, new { name = "x" })).Code.ShouldBe("permission_missing", $"{method} {path}");
    }

    [Fact]
    public async Task Another_tenant_s_key_is_answered_as_one_that_is_not_there()
    {
        var key = await Owner.CreateKeyAsync();
        var none = new TestKey(Guid.CreateVersion7(), "", 1);
        foreach (var ((method, path), (_, nowhere)) in Requests(key).Zip(Requests(none)).Where(r => r.First.Path.Contains(key.Id.ToString(), StringComparison.Ordinal)))
        {
            object? body = path.EndsWith("/rotate", StringComparison.Ordinal) ? new { } : method == "PATCH" ? new { name = "x" } : null;
            var (foreign, random) = (await api.Beta.Client.SendAsync(method, path, body), await api.Beta.Client.SendAsync(method, nowhere, body));
            (foreign.Status, foreign.Code).ShouldBe((HttpStatusCode.NotFound, "not_found"), $"{method} {path} {foreign.Text}");
            (foreign.Status, foreign.Code).ShouldBe((random.Status, random.Code));
        }

        (await Owner.SendAsync("GET", $"{KeyUse.Collection}/no-uuid/usage")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Name_addresses_and_expiry_can_be_changed_scopes_and_secret_cannot()
    {
        var key = await Owner.CreateKeyAsync(allowedIps: ["192.0.2.7"]);

        var changed = await Owner.SendAsync("PATCH", key.Path, new { name = "Shop 2", allowedIps = Array.Empty<string>(), expiresAt = "2999-01-01T00:00:00Z" }, ("If-Match", "\"1\""));
        changed.Status.ShouldBe(HttpStatusCode.OK, changed.Text);
        ((string)changed.Body!["name"]!, changed.Body["allowedIps"]!.AsArray().Count, (int)changed.Body["version"]!).ShouldBe(("Shop 2", 0, 2));
        (await Owner.SendAsync("PATCH", key.Path, new { expiresAt = (string?)null })).Body!["expiresAt"].ShouldBeNull();

        var stale = await Owner.SendAsync("PATCH", key.Path, new { name = "Shop 3" }, ("If-Match", "\"1\""));
        (stale.Status, (int)stale.Body!["current"]!["version"]!).ShouldBe((HttpStatusCode.PreconditionFailed, 3));
        (await Owner.SendAsync("PATCH", key.Path, new { scopes = new[] { "deals:read" }, prefix = "x", userId = key.Id, lastUsedAt = "2999-01-01T00:00:00Z" })).Faults
            .ShouldBe(["/scopes read_only", "/prefix read_only", "/userId read_only", "/lastUsedAt read_only"]);
        (await Owner.SendAsync("PATCH", key.Path, new { allowedIps = new[] { "nowhere" }, expiresAt = "2020-01-01T00:00:00Z" })).Faults
            .ShouldBe(["/allowedIps/0 invalid_ip_range", "/expiresAt not_in_future"]);
    }

    [Fact]
    public async Task Revoking_is_done_once_and_heeds_the_version()
    {
        var key = await Owner.CreateKeyAsync();

        (await Owner.SendAsync("DELETE", key.Path, null, ("If-Match", "\"7\""))).Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await Owner.SendAsync("DELETE", key.Path + "?purge=true")).Faults.ShouldBe(["purge unknown_parameter"]);
        (await Owner.SendAsync("DELETE", key.Path)).Status.ShouldBe(HttpStatusCode.NoContent);
        (await Owner.SendAsync("DELETE", key.Path)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await Owner.SendAsync("GET", key.Path)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await Owner.SendAsync("POST", key.Path + "/rotate", new { })).Status.ShouldBe(HttpStatusCode.NotFound);
        (await Owner.SendAsync("GET", KeyUse.Collection + "?filter[deletedAt][isNull]=false&limit=200")).Ids.ShouldContain(key.Id);
        (await Owner.SendAsync("GET", key.Path + "/usage")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Only_the_user_a_key_acts_for_changes_where_and_how_long_it_is_good()
    {
        var key = await Owner.CreateKeyAsync(allowedIps: ["192.0.2.7"]);
        var admin = await api.A.AddMemberAsync(api.Acme, "admin");

        foreach (object change in new object[] { new { allowedIps = Array.Empty<string>() }, new { expiresAt = (string?)null } })
        {
            var refused = await admin.SendAsync("PATCH", key.Path, change);
            (refused.Status, refused.Code).ShouldBe((HttpStatusCode.Forbidden, "not_own_api_key"));
        }

        (await admin.SendAsync("PATCH", key.Path, new { name = "Shop 2" })).Status.ShouldBe(HttpStatusCode.OK);
        (await Owner.SendAsync("PATCH", key.Path, new { allowedIps = Array.Empty<string>(), expiresAt = (string?)null })).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Only_the_user_a_key_acts_for_gets_its_new_secret()
    {
        var key = await Owner.CreateKeyAsync();
        var admin = await api.A.AddMemberAsync(api.Acme, "admin");

        (await admin.SendAsync("POST", key.Path + "/rotate", new { })).Code.ShouldBe("not_own_api_key");
        (await Owner.SendAsync("POST", key.Path + "/rotate", new { }, ("If-Match", "\"9\""))).Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        foreach (var hours in new[] { -1, 169 })
            (await Owner.SendAsync("POST", key.Path + "/rotate", new { overlapHours = hours })).Faults.ShouldBe(["/overlapHours out_of_range"]);
        (await admin.SendAsync("DELETE", key.Path)).Status.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_key_is_rotated_without_a_body_and_not_with_one_of_another_kind()
    {
        var key = await Owner.CreateKeyAsync();

        (await Owner.SendAsync("POST", key.Path + "/rotate")).Status.ShouldBe(HttpStatusCode.OK);
        using var text = new StringContent("{}", System.Text.Encoding.UTF8, "text/plain");
        (await Owner.PostAsync(key.Path + "/rotate", text, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await Owner.SendAsync("POST", KeyUse.Collection)).Status.ShouldBe(HttpStatusCode.UnsupportedMediaType, "what needs a body says so");
    }

    [Fact]
    public async Task The_change_log_tells_of_a_key_and_never_of_its_secret()
    {
        var key = await Owner.CreateKeyAsync();
        var rotated = TestKey.Of((await Owner.SendAsync("POST", key.Path + "/rotate", new { })).Body!);
        await Owner.SendAsync("DELETE", key.Path);

        (await api.ScalarAsync("SELECT string_agg(action || ' ' || actor_type, ',' ORDER BY sequence) FROM changes WHERE record_id = $1", key.Id))
            .ShouldBe("created user,updated user,deleted user");
        var fields = (string)(await api.ScalarAsync("SELECT string_agg(fields::text, ' ') FROM changes WHERE record_id = $1", key.Id))!;
        fields.ShouldContain(rotated.Secret[^4..]);
        foreach (var secret in new[] { key.Secret, rotated.Secret })
            fields.ShouldNotContain(secret[13..^4]);
    }

    private static IEnumerable<(string Method, string Path)> Requests(TestKey key) =>
    [
        ("GET", KeyUse.Collection), ("POST", KeyUse.Collection), ("POST", KeyUse.Collection + "/query"), ("GET", key.Path), ("PATCH", key.Path), ("POST", key.Path + "/rotate"), ("GET", key.Path + "/usage"),
        ("DELETE", key.Path),
    ];
}
