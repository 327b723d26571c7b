using System.Net;
using Crm.Api.Tests.Identity;
using Crm.Application.Administration;
using Crm.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Administration;

public sealed class SettingsTests(IdentityFixture fixture) : IClassFixture<IdentityFixture>
{
    private const string Path = "/api/v1/admin/settings";
    private const string Strength = "/api/v1/me/password/strength";

    private static readonly TimeSpan Known = TimeSpan.FromSeconds(3);

    private ApiHost Host => fixture.Host;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Settings_begin_with_the_host_s_rules_and_are_changed_member_by_member()
    {
        var tenant = await Host.CreateTenantAsync(ApiHost.NewIdentifier());
        var read = await tenant.Client.SendAsync("GET", Path);
        read.Text.ShouldBe($$"""
            {"identifier":"{{tenant.Identifier}}","name":"{{tenant.Identifier}}","currency":"USD","timeZone":"UTC","locale":"en-US","requireIfMatch":false,"passwordMinLength":null,"passwordRequireMixture":false,"sessionIdleDays":null,"sessionLifetimeDays":null,"version":2}
            """.Trim());
        read.Headers["ETag"].ShouldBe("\"2\"");

        var changed = await tenant.Client.SendAsync("PATCH", Path, new { name = "Shown", timeZone = "Europe/Berlin", locale = "de-DE", sessionIdleDays = 3 }, ("If-Match", "\"2\""));

        (changed.Status, changed.Headers["ETag"]).ShouldBe((HttpStatusCode.OK, "\"3\""));
        (await tenant.Client.SendAsync("PATCH", Path, new { sessionIdleDays = (int?)null })).Body!["sessionIdleDays"].ShouldBeNull();
        var now = (await tenant.Client.SendAsync("GET", Path)).Body!;
        (now["name"]!.GetValue<string>(), now["timeZone"]!.GetValue<string>(), now["locale"]!.GetValue<string>(), now["currency"]!.GetValue<string>()).ShouldBe(("Shown", "Europe/Berlin", "de-DE", "USD"));
        (await Until.ShouldBe(() => tenant.Client.SendAsync("GET", "/api/v1/me"), a => a.Body!["tenant"]!["name"]!.GetValue<string>() == "Shown", Known)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task All_faults_are_told_at_once_and_nothing_is_loosened()
    {
        var client = fixture.Beta.Client;

        (await client.SendAsync("PATCH", Path, new
        {
            name = "",
            currency = "x",
            timeZone = "Mars/Olympus",
            locale = "x",
            requireIfMatch = (bool?)null,
            passwordMinLength = 11,
            passwordRequireMixture = (bool?)null,
            sessionIdleDays = 0,
            sessionLifetimeDays = 400,
        })).Faults.ShouldBe(
            ["/name blank", "/currency invalid_choice", "/timeZone invalid_choice", "/locale invalid_choice", "/requireIfMatch not_null", "/passwordMinLength out_of_range",
                "/passwordRequireMixture not_null", "/sessionIdleDays out_of_range", "/sessionLifetimeDays out_of_range"], ignoreOrder: true);
        (await client.SendAsync("PATCH", Path, new { name = (string?)null, timeZone = (string?)null, locale = (string?)null, currency = (string?)null })).Faults.ShouldBe(
            ["/name not_null", "/timeZone not_null", "/locale not_null", "/currency not_null"], ignoreOrder: true);
        (await client.SendAsync("PATCH", Path, new { identifier = "mine", version = 7, plan = "large" })).Faults.ShouldBe(
            ["/identifier unknown_member", "/version unknown_member", "/plan unknown_member"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_change_meant_for_an_older_version_is_refused_with_what_there_is_and_an_empty_one_changes_nothing()
    {
        var tenant = await Host.CreateTenantAsync(ApiHost.NewIdentifier());
        var before = await tenant.Client.SendAsync("GET", Path);

        (await tenant.Client.SendAsync("PATCH", Path, new { })).Text.ShouldBe(before.Text);
        var stale = await tenant.Client.SendAsync("PATCH", Path, new { name = "x" }, ("If-Match", "\"1\""));

        (stale.Status, stale.Code).ShouldBe((HttpStatusCode.PreconditionFailed, "stale_version"));
        stale.Body!["current"]!.ToJsonString().ShouldBe(before.Text);
    }

    [Fact]
    public async Task Only_owners_and_admins_see_and_change_settings()
    {
        foreach (var role in new[] { "member", "viewer" })
        {
            var client = await Host.AddMemberAsync(fixture.Acme, role);
            (await client.SendAsync("GET", Path)).Code.ShouldBe("permission_missing", role);
            (await client.SendAsync("PATCH", Path, new { name = "x" })).Code.ShouldBe("permission_missing", role);
        }

        (await (await Host.AddMemberAsync(fixture.Acme, "admin")).SendAsync("GET", Path)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Where_the_tenant_demands_it_a_change_names_a_version_and_what_is_not_there_stays_not_found()
    {
        var tenant = await Host.CreateTenantAsync(ApiHost.NewIdentifier());
        var company = await tenant.Client.CreateAsync("companies", new { name = "One" });
        var path = $"/api/v1/companies/{company["id"]}";
        await tenant.Client.SendAsync("PATCH", Path, new { requireIfMatch = true });

        var refused = await Until.ShouldBe(() => tenant.Client.SendAsync("PATCH", path, new { name = "Blind" }), a => (int)a.Status == 428, Known);

        refused.Code.ShouldBe("version_required");
        refused.Body!.AsObject().ContainsKey("current").ShouldBeFalse();
        ((int)(await tenant.Client.SendAsync("DELETE", path)).Status).ShouldBe(428);
        (await tenant.Client.SendAsync("PATCH", $"/api/v1/companies/{Guid.NewGuid()}", new { name = "x" })).Code.ShouldBe("not_found");
        (await tenant.Client.SendAsync("PATCH", path, new { name = 1 })).Status.ShouldBe(HttpStatusCode.BadRequest);
        var version = (await tenant.Client.SendAsync("GET", path)).Headers["ETag"];
        (await tenant.Client.SendAsync("PATCH", path, new { name = "Seen" }, ("If-Match", version))).Status.ShouldBe(HttpStatusCode.OK);
        (await tenant.Client.SendAsync("PATCH", path, new { name = "Late" }, ("If-Match", version))).Code.ShouldBe("stale_version");
        (await tenant.Client.SendAsync("PATCH", path, new { name = "Any" }, ("If-Match", "*"))).Status.ShouldBe(HttpStatusCode.OK);
        ((int)(await tenant.Client.SendAsync("PATCH", Path, new { requireIfMatch = false })).Status).ShouldBe(428);
        (await tenant.Client.SendAsync("PATCH", Path, new { requireIfMatch = false }, ("If-Match", "*"))).Status.ShouldBe(HttpStatusCode.OK);
        await Until.ShouldBe(() => tenant.Client.SendAsync("DELETE", path), a => a.Status == HttpStatusCode.NoContent, Known);
    }

    [Fact]
    public async Task A_person_of_several_tenants_needs_a_password_that_the_strictest_of_them_takes()
    {
        var (strict, mild) = (await Host.CreateTenantAsync(ApiHost.NewIdentifier()), await Host.CreateTenantAsync(ApiHost.NewIdentifier()));
        await strict.Client.SendAsync("PATCH", Path, new { passwordMinLength = 30 });
        await mild.Client.SendAsync("PATCH", Path, new { passwordMinLength = 14 });
        var (email, password) = ($"{Guid.NewGuid():N}@people.example", ApiHost.NewPassword());
        await Host.AddUserAsync(strict, email, "Mary Member", "member", password);
        await Host.AddUserAsync(mild, email, "Mary Member", "member");
        var client = await Host.SignInAsync(new { tenant = mild.Identifier, email, password });
        var (shorter, longer) = (ApiHost.NewPassword()[..20] + "a!", ApiHost.NewPassword() + "longer!");

        (await client.SendAsync("POST", "/api/v1/me/password", new { currentPassword = password, newPassword = shorter })).Faults.ShouldBe(["/newPassword password_too_short"]);
        var estimate = (await client.SendAsync("POST", Strength, new { password = shorter })).Body!;
        (estimate["acceptable"]!.GetValue<bool>(), estimate["reasons"]![0]!["message"]!.GetValue<string>()).ShouldBe((false, "A password has at least 30 characters."));
        (await client.SendAsync("POST", Strength, new { password = longer })).Body!["acceptable"]!.GetValue<bool>().ShouldBeTrue();
        (await client.SendAsync("POST", Strength, new { password = "" })).Faults.ShouldBe(["/password required"]);
        (await client.SendAsync("POST", "/api/v1/me/password", new { currentPassword = password, newPassword = longer })).Status.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Whoever_joins_a_tenant_needs_a_password_that_it_takes()
    {
        var tenant = await Host.CreateTenantAsync(ApiHost.NewIdentifier());
        await tenant.Client.SendAsync("PATCH", Path, new { passwordMinLength = 40 });
        var invitation = await tenant.Client.CreateAsync("invitations", new { email = $"{Guid.NewGuid():N}@people.example", name = "Mary", role = "member" });
        var token = Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
        await ExecuteAsync($"UPDATE one_time_links SET token_hash = sha256('{token}'::bytea), due_at = NULL, expires_at = now() + interval '10 minutes' WHERE invitation_id = $1", invitation["id"]!.GetValue<Guid>());

        var refused = await AcceptAsync(ApiHost.NewPassword());

        refused.Faults.ShouldBe(["/password password_too_short"]);
        (await AcceptAsync(ApiHost.NewPassword() + ApiHost.NewPassword())).Status.ShouldBe(HttpStatusCode.OK);

        Task<Answer> AcceptAsync(string password) => Host.CreateClient().SendAsync("POST", "/api/v1/auth/invitations/accept", new { token, password });
    }

    [Fact]
    public async Task The_operator_gives_nobody_a_password_that_the_tenant_does_not_take()
    {
        var tenant = await Host.CreateTenantAsync(ApiHost.NewIdentifier());
        await tenant.Client.SendAsync("PATCH", Path, new { passwordMinLength = 40 });

        var refusal = await Should.ThrowAsync<Crm.Domain.Common.InvalidException>(() => Host.CreatePersonAsync(tenant.Identifier));

        refusal.Errors.ShouldHaveSingleItem().Code.ShouldBe("password_too_short");
    }

    [Fact]
    public async Task A_mixture_is_demanded_by_a_tenant_where_the_host_does_not()
    {
        await using var host = await ApiHost.StartAsync(("PasswordPolicy:RequireMixture", "false"));
        var (tenant, plain) = (await host.CreateTenantAsync("mixed"), "quiet mornings beside the harbour");
        (await tenant.Client.SendAsync("POST", Strength, new { password = plain })).Body!["acceptable"]!.GetValue<bool>().ShouldBeTrue();

        await tenant.Client.SendAsync("PATCH", Path, new { passwordRequireMixture = true });

        (await tenant.Client.SendAsync("POST", Strength, new { password = plain })).Body!["reasons"]!.AsArray().Select(r => r!["code"]!.GetValue<string>())
            .ShouldBe(["password_needs_upper", "password_needs_digit"]);
    }

    [Fact]
    public async Task Sessions_of_a_tenant_last_as_long_as_it_lets_them_and_never_longer_than_the_host_does()
    {
        var tenant = await Host.CreateTenantAsync(ApiHost.NewIdentifier());
        await tenant.Client.SendAsync("PATCH", Path, new { sessionIdleDays = 2, sessionLifetimeDays = 5 });
        var session = await Host.OpenSessionAsync(new { email = tenant.Email, password = tenant.Password });
        (await DaysAsync(session.SessionId)).ShouldBe((2, 5));
        await tenant.Client.SendAsync("PATCH", Path, new { sessionIdleDays = 1 });
        (await Host.RefreshAsync(session.RefreshToken)).Status.ShouldBe(HttpStatusCode.OK);
        (await DaysAsync(session.SessionId)).ShouldBe((1, 5));

        await tenant.Client.SendAsync("PATCH", Path, new { sessionIdleDays = 90, sessionLifetimeDays = 366 });
        (await DaysAsync((await Host.OpenSessionAsync(new { email = tenant.Email, password = tenant.Password })).SessionId)).ShouldBe((14, 30));
    }

    [Fact]
    public async Task The_tenant_s_log_tells_which_settings_were_changed_by_whom()
    {
        var tenant = await Host.CreateTenantAsync(ApiHost.NewIdentifier());
        await tenant.Client.SendAsync("PATCH", Path, new { passwordMinLength = 20, requireIfMatch = true });

        var log = await tenant.Client.SendAsync("GET", "/api/v1/admin/audit?action=tenant_settings_changed");
        var entry = log.Body!["data"]!.AsArray().ShouldHaveSingleItem()!;
        (entry["origin"]!.ToString(), entry["recordType"]!.ToString(), entry["recordId"]!.ToString()).ShouldBe((nameof(UpdateSettings), "tenant", tenant.Id.ToString()));
        entry["actor"]!["id"].ShouldNotBeNull();
        entry["details"]!.AsObject().Select(f => $"{f.Key}: {f.Value}").ShouldBe(
            [$"tenantId: {tenant.Id}", $"identifier: {tenant.Identifier}", "passwordMinLength: none -> 20", "requireIfMatch: False -> True"], ignoreOrder: true);
    }

    [Fact]
    public async Task Stricter_rules_end_sessions_that_have_rested_longer_already()
    {
        var tenant = await Host.CreateTenantAsync(ApiHost.NewIdentifier());
        var rested = await Host.OpenSessionAsync(new { email = tenant.Email, password = tenant.Password });
        await using (var source = NpgsqlDataSource.Create(Host.Database.SuperConnectionString))
        await using (var command = source.CreateCommand("UPDATE sessions SET last_used_at = now() - interval '25 hours' WHERE id = $1"))
        {
            command.Parameters.Add(new() { Value = rested.SessionId });
            await command.ExecuteNonQueryAsync(Cancellation);
        }

        (await SessionsAsync(tenant)).ShouldContain(rested.SessionId);
        await tenant.Client.SendAsync("PATCH", Path, new { sessionIdleDays = 1 });

        (await SessionsAsync(tenant)).ShouldNotContain(rested.SessionId);
        (await Host.RefreshAsync(rested.RefreshToken)).Code.ShouldBe("invalid_refresh_token");
    }

    private static async Task<IEnumerable<Guid>> SessionsAsync(TestTenant tenant) =>
        (await tenant.Client.SendAsync("GET", "/api/v1/me/sessions")).Body!["data"]!.AsArray().Select(s => (Guid)s!["id"]!);

    private async Task<(int Idle, int Lifetime)> DaysAsync(Guid session)
    {
        await using var source = NpgsqlDataSource.Create(Host.Database.SuperConnectionString);
        await using var command = source.CreateCommand("SELECT round(extract(epoch FROM ends_at - last_used_at) / 86400)::int, round(extract(epoch FROM expires_at - created_at) / 86400)::int FROM sessions WHERE id = $1");
        command.Parameters.Add(new() { Value = session });
        await using var reader = await command.ExecuteReaderAsync(Cancellation);
        await reader.ReadAsync(Cancellation);
        return (reader.GetInt32(0), reader.GetInt32(1));
    }

    private async Task ExecuteAsync(string sql, Guid value)
    {
        await using var source = NpgsqlDataSource.Create(Host.Database.SuperConnectionString);
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(Cancellation);
    }
}
