using System.Net;
using System.Text.Json.Nodes;
using Crm.Application.Authorization;
using Crm.Application.Identity;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Identity;

public sealed class SessionTests(IdentityFixture fixture) : IClassFixture<IdentityFixture>
{
    private const string MePath = "/api/v1/me";
    private const string SessionsPath = "/api/v1/me/sessions";

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task Signing_out_ends_the_session_of_the_token_and_no_other()
    {
        var (first, second) = await OpenTwoAsync();

        (await first.Client.SendAsync("POST", "/api/v1/auth/sign-out")).Status.ShouldBe(HttpStatusCode.NoContent);

        await EndsAsync(first);
        (await second.Client.SendAsync("GET", MePath)).Status.ShouldBe(HttpStatusCode.OK);
        (await Host.RefreshAsync(second.RefreshToken)).Status.ShouldBe(HttpStatusCode.OK);
        (await ReasonAsync(first)).ShouldBe("signed_out");
    }

    [Fact]
    public async Task Signing_out_everywhere_ends_every_session_of_the_user_in_every_tenant_and_none_of_others()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        await Host.CreateAdminAsync("beta", email, password);
        var acme = await Host.OpenSessionAsync(new { tenant = "acme", email, password });
        var beta = await Host.OpenSessionAsync(new { tenant = "beta", email, password });

        (await acme.Client.SendAsync("POST", "/api/v1/auth/sign-out-everywhere")).Status.ShouldBe(HttpStatusCode.NoContent);

        await EndsAsync(acme);
        await EndsAsync(beta);
        (await fixture.Acme.Client.SendAsync("GET", MePath)).Status.ShouldBe(HttpStatusCode.OK);
        (await ReasonAsync(beta)).ShouldBe("signed_out_everywhere");
    }

    [Fact]
    public async Task An_operator_lists_and_ends_sessions_without_any_tenant()
    {
        var (email, password) = await Host.CreatePersonAsync(tenant: null);
        var session = await Host.OpenSessionAsync(new { email, password });

        var listed = (await session.Client.SendAsync("GET", SessionsPath)).Body!["data"]!.AsArray().ShouldHaveSingleItem()!;
        listed["tenantId"].ShouldBeNull();
        (await session.Client.SendAsync("POST", "/api/v1/auth/sign-out")).Status.ShouldBe(HttpStatusCode.NoContent);
        await EndsAsync(session, "/api/v1/host/tenants");
    }

    [Fact]
    public async Task The_list_tells_device_address_times_and_which_session_is_the_present_one()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        var first = await Host.OpenSessionAsync(new { email, password }, ("User-Agent", "Loom/1.0 (weaving)"));
        var second = await Host.OpenSessionAsync(new { email, password }, ("User-Agent", new string('x', 300)));

        var sessions = await ListAsync(second);

        sessions.Select(s => (Guid)s["id"]!).ShouldBe([second.SessionId, first.SessionId]);
        sessions.Select(s => (bool)s["current"]!).ShouldBe([true, false]);
        ((string)sessions[1]["userAgent"]!).ShouldBe("Loom/1.0 (weaving)");
        ((string)sessions[0]["userAgent"]!).ShouldBe(new string('x', 256));
        ((string)sessions[0]["ipAddress"]!).ShouldBe("127.0.0.1");
        ((Guid)sessions[0]["tenantId"]!).ShouldBe(fixture.Acme.Id);
        ((DateTime)sessions[0]["endsAt"]! - (DateTime)sessions[0]["createdAt"]!).TotalDays.ShouldBe(14, 0.001);
    }

    [Fact]
    public async Task A_session_that_was_refreshed_last_is_listed_first()
    {
        var (first, second) = await OpenTwoAsync();
        await Host.RefreshAsync(first.RefreshToken);

        (await ListAsync(second)).Select(s => (Guid)s["id"]!).ShouldBe([first.SessionId, second.SessionId]);
    }

    [Fact]
    public async Task One_session_is_ended_from_another_and_leaves_the_list()
    {
        var (first, second) = await OpenTwoAsync();

        (await second.Client.SendAsync("DELETE", $"{SessionsPath}/{first.SessionId}")).Status.ShouldBe(HttpStatusCode.NoContent);

        (await ListAsync(second)).Select(s => (Guid)s["id"]!).ShouldBe([second.SessionId]);
        await EndsAsync(first);
        (await ReasonAsync(first)).ShouldBe("revoked");
    }

    [Fact]
    public async Task A_session_of_another_user_is_answered_as_a_random_one_and_as_one_ended_already()
    {
        var (first, second) = await OpenTwoAsync();
        var stranger = await Host.OpenSessionAsync(new { email = fixture.Beta.Email, password = fixture.Beta.Password });
        await second.Client.SendAsync("DELETE", $"{SessionsPath}/{first.SessionId}");

        foreach (var id in new[] { stranger.SessionId.ToString(), Guid.NewGuid().ToString(), first.SessionId.ToString(), "nonsense" })
        {
            var answer = await second.Client.SendAsync("DELETE", $"{SessionsPath}/{id}");
            answer.Status.ShouldBe(HttpStatusCode.NotFound, id);
            answer.Body!["detail"]!.GetValue<string>().ShouldBe("There is no such session.");
        }

        (await stranger.Client.SendAsync("GET", MePath)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_password_set_anew_ends_every_session_there_was()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        var session = await Host.OpenSessionAsync(new { email, password });

        await Host.CreateAdminAsync("acme", email, ApiHost.NewPassword());

        await EndsAsync(session);
        (await ReasonAsync(session)).ShouldBe("password_changed");
    }

    [Fact]
    public async Task All_sessions_but_one_can_be_revoked()
    {
        var (first, second) = await OpenTwoAsync();
        await using (var scope = Host.Services.CreateAsyncScope())
        {
            var userId = (Guid)(await second.Client.SendAsync("GET", MePath)).Body!["user"]!["id"]!;
            var sessions = scope.ServiceProvider.GetRequiredService<ISessions>();
            (await sessions.RevokeAllAsync(userId, second.SessionId, "password_changed", TestContext.Current.CancellationToken)).ShouldBe(1);
            (await sessions.RevokeAllAsync(userId, second.SessionId, "password_changed", TestContext.Current.CancellationToken)).ShouldBe(0);
        }

        await EndsAsync(first);
        (await second.Client.SendAsync("GET", MePath)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task No_session_is_opened_with_a_password_that_was_changed_while_it_was_checked()
    {
        var (email, _) = await Host.CreatePersonAsync("acme");
        await using var scope = Host.Services.CreateAsyncScope();
        var user = (await scope.ServiceProvider.GetRequiredService<IUserDirectory>().FindByEmailAsync(email, TestContext.Current.CancellationToken))!;
        await Host.CreateAdminAsync("acme", email, ApiHost.NewPassword());

        var opened = await scope.ServiceProvider.GetRequiredService<ISessions>().OpenAsync(user, fixture.Acme.Id, TestContext.Current.CancellationToken);

        opened.ShouldBeNull();
    }

    [Fact]
    public async Task No_session_slips_past_a_password_that_is_being_changed_at_the_same_moment()
    {
        var (email, _) = await Host.CreatePersonAsync("acme");
        await using var scope = Host.Services.CreateAsyncScope();
        var user = (await scope.ServiceProvider.GetRequiredService<IUserDirectory>().FindByEmailAsync(email, TestContext.Current.CancellationToken))!;
        await using var source = NpgsqlDataSource.Create(Host.Database.SuperConnectionString);
        await using var connection = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var change = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand("UPDATE users SET password_hash = 'another' WHERE email = $1", connection) { Parameters = { new() { Value = email } } };
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var opening = scope.ServiceProvider.GetRequiredService<ISessions>().OpenAsync(user, fixture.Acme.Id, TestContext.Current.CancellationToken);
        await Until.ShouldBe(async () => opening.IsCompleted || await IsWaitingAsync(source), waiting => waiting, TimeSpan.FromSeconds(10));
        opening.IsCompleted.ShouldBeFalse("it must wait for what becomes of the change");
        await change.CommitAsync(TestContext.Current.CancellationToken);

        (await opening).ShouldBeNull();
    }

    [Fact]
    public async Task A_session_opens_nothing_but_its_own_user_and_tenant()
    {
        var (first, _) = await OpenTwoAsync();
        var access = Host.Services.GetRequiredService<IAccessReader>();
        var userId = (Guid)(await first.Client.SendAsync("GET", MePath)).Body!["user"]!["id"]!;
        async Task<bool> IsLiveAsync(Guid session, Guid user, Guid? tenant) =>
            (await access.ReadSessionAsync(session, user, tenant, TestContext.Current.CancellationToken)).IsLive;

        (await IsLiveAsync(first.SessionId, userId, fixture.Acme.Id)).ShouldBeTrue();
        (await IsLiveAsync(first.SessionId, userId, fixture.Beta.Id)).ShouldBeFalse();
        (await IsLiveAsync(first.SessionId, userId, null)).ShouldBeFalse();
        (await IsLiveAsync(first.SessionId, Guid.NewGuid(), fixture.Acme.Id)).ShouldBeFalse();
        (await IsLiveAsync(Guid.NewGuid(), userId, fixture.Acme.Id)).ShouldBeFalse();
    }

    [Fact]
    public async Task Opening_and_ending_stand_in_the_tenants_log_with_the_session()
    {
        var (first, _) = await OpenTwoAsync();
        await first.Client.SendAsync("POST", "/api/v1/auth/sign-out");

        await using var source = NpgsqlDataSource.Create(Host.Database.SuperConnectionString);
        await using var command = source.CreateCommand(
            "SELECT string_agg(action || ' ' || (fields ->> 'tenantId') || ' ' || coalesce(fields ->> 'reason', ''), ',' ORDER BY at) FROM changes WHERE fields ->> 'sessionId' = $1");
        command.Parameters.Add(new() { Value = first.SessionId.ToString() });

        (await command.ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldBe($"sign_in_succeeded {fixture.Acme.Id} ,session_revoked {fixture.Acme.Id} signed_out");
    }

    private async Task<(SignedIn First, SignedIn Second)> OpenTwoAsync()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        return (await Host.OpenSessionAsync(new { email, password }), await Host.OpenSessionAsync(new { email, password }));
    }

    private static async Task<IReadOnlyList<JsonNode>> ListAsync(SignedIn session) =>
        [.. (await session.Client.SendAsync("GET", SessionsPath)).Body!["data"]!.AsArray().Select(s => s!)];

    private async Task EndsAsync(SignedIn session, string path = MePath)
    {
        var answer = await Until.ShouldBe(() => session.Client.SendAsync("GET", path), a => a.Status == HttpStatusCode.Unauthorized, TimeSpan.FromSeconds(2));
        answer.Code.ShouldBe("session_ended");
        answer.Headers["WWW-Authenticate"].ShouldContain("error=\"invalid_token\"");
        (await Host.RefreshAsync(session.RefreshToken)).Code.ShouldBe("invalid_refresh_token");
    }

    private static async Task<bool> IsWaitingAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%INSERT INTO sessions%')");
        return (bool)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    private async Task<string?> ReasonAsync(SignedIn session)
    {
        await using var source = NpgsqlDataSource.Create(Host.Database.SuperConnectionString);
        await using var command = source.CreateCommand("SELECT revoked_reason FROM sessions WHERE id = $1");
        command.Parameters.Add(new() { Value = session.SessionId });
        return (string?)await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
