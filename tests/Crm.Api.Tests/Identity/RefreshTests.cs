using System.Buffers.Text;
using System.Net;
using Crm.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Identity;

/// <summary>
/// Going on with a session. All times of sessions are the database's, so where a test needs time to have passed it moves what was written
/// into the past.
/// </summary>
public sealed class RefreshTests(IdentityFixture fixture) : IClassFixture<IdentityFixture>
{
    private const string MePath = "/api/v1/me";

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task A_refresh_token_buys_a_new_pair_of_the_same_session_in_the_shape_of_a_sign_in()
    {
        var session = await OpenAsync();
        var answer = await Host.RefreshAsync(session.RefreshToken);

        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        answer.Headers["Cache-Control"].ShouldBe("no-store");
        answer.Body!.AsObject().Select(m => m.Key).ShouldBe(["accessToken", "tokenType", "expiresIn", "refreshToken", "tenant", "csrfToken"]);
        answer.Body["tenant"]!["identifier"]!.GetValue<string>().ShouldBe("acme");
        var next = Read(answer);
        next.RefreshToken.ShouldNotBe(session.RefreshToken);
        next.AccessToken.ShouldNotBe(session.AccessToken);
        next.SessionId.ShouldBe(session.SessionId);
        (await next.Client.SendAsync("GET", MePath)).Status.ShouldBe(HttpStatusCode.OK);
        (await Host.RefreshAsync(next.RefreshToken)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_operator_goes_on_at_the_host()
    {
        var (email, password) = await Host.CreatePersonAsync(tenant: null);
        var session = await Host.OpenSessionAsync(new { email, password });
        var answer = await Host.RefreshAsync(session.RefreshToken);

        answer.Body!["tenant"].ShouldBeNull();
        (await Read(answer).Client.SendAsync("GET", "/api/v1/host/tenants")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_same_token_presented_again_within_the_grace_gets_the_same_successor_and_a_good_access_token()
    {
        var session = await OpenAsync();
        var first = Read(await Host.RefreshAsync(session.RefreshToken));
        var second = Read(await Host.RefreshAsync(session.RefreshToken));

        second.RefreshToken.ShouldBe(first.RefreshToken);
        (await first.Client.SendAsync("GET", MePath)).Status.ShouldBe(HttpStatusCode.OK);
        (await second.Client.SendAsync("GET", MePath)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_token_presented_after_the_grace_ends_the_session_with_all_its_tokens_and_is_logged_once()
    {
        var session = await OpenAsync();
        var next = Read(await Host.RefreshAsync(session.RefreshToken));
        await AgeAsync("refresh_tokens", "used_at", "11 seconds", session);

        var reused = await Host.RefreshAsync(session.RefreshToken);
        Refused(reused);
        Refused(await Host.RefreshAsync(session.RefreshToken));
        Refused(await Host.RefreshAsync(next.RefreshToken));
        foreach (var client in new[] { session.Client, next.Client })
            (await Until.ShouldBe(() => client.SendAsync("GET", MePath), a => a.Status == HttpStatusCode.Unauthorized, TimeSpan.FromSeconds(2))).Code.ShouldBe("session_ended");
        (await ScalarAsync<long>("SELECT count(*) FROM changes WHERE action = 'session_revoked' AND fields ->> 'sessionId' = $1 AND fields ->> 'reason' = 'refresh_token_reused'", session.SessionId.ToString()))
            .ShouldBe(1);
    }

    [Fact]
    public async Task The_grace_ends_with_its_ten_seconds_and_not_before()
    {
        var session = await OpenAsync();
        await Host.RefreshAsync(session.RefreshToken);
        await AgeAsync("refresh_tokens", "used_at", "5 seconds", session);

        (await Host.RefreshAsync(session.RefreshToken)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Reuse_ends_no_other_session_of_the_user()
    {
        var credentials = await Host.CreatePersonAsync("acme");
        var stolen = await Host.OpenSessionAsync(new { email = credentials.Email, password = credentials.Password });
        var other = await Host.OpenSessionAsync(new { email = credentials.Email, password = credentials.Password });
        await Host.RefreshAsync(stolen.RefreshToken);
        await AgeAsync("refresh_tokens", "used_at", "11 seconds", stolen);
        Refused(await Host.RefreshAsync(stolen.RefreshToken));

        (await Host.RefreshAsync(other.RefreshToken)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_session_that_rests_too_long_ends()
    {
        var session = await OpenAsync();
        await AgeAsync("refresh_tokens", "expires_at", "14 days 1 second", session);

        Refused(await Host.RefreshAsync(session.RefreshToken));
    }

    [Fact]
    public async Task A_session_is_prolonged_by_every_refresh_but_never_beyond_its_own_end()
    {
        var session = await OpenAsync();
        await AgeAsync("sessions", "expires_at", "25 days", session);
        var next = Read(await Host.RefreshAsync(session.RefreshToken));

        (await ScalarAsync<bool>("SELECT ends_at = expires_at AND last_used_at > created_at FROM sessions WHERE id = $1", session.SessionId)).ShouldBeTrue();
        (await ScalarAsync<bool>("SELECT bool_and(t.expires_at = s.ends_at) FROM sessions s JOIN refresh_tokens t ON t.session_id = s.id WHERE s.id = $1 AND t.used_at IS NULL", session.SessionId))
            .ShouldBeTrue();

        await AgeAsync("sessions", "expires_at", "6 days", session);
        Refused(await Host.RefreshAsync(next.RefreshToken));
        (await Until.ShouldBe(() => next.Client.SendAsync("GET", MePath), a => a.Status == HttpStatusCode.Unauthorized, TimeSpan.FromSeconds(2))).Code.ShouldBe("session_ended");
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("crm_refresh_")]
    [InlineData("crm_refresh_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("crm_refresh_ÄAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("CRM_REFRESH_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task What_is_no_token_of_ours_is_refused(string token) => Refused(await Host.RefreshAsync(token));

    [Fact]
    public async Task An_access_token_refreshes_nothing() => Refused(await Host.RefreshAsync(fixture.Acme.Token));

    [Fact]
    public async Task The_body_is_checked_like_every_other()
    {
        (await Host.CreateClient().SendAsync("POST", "/api/v1/auth/refresh", new { })).Faults.ShouldBe(["/refreshToken required"]);
        (await Host.CreateClient().SendAsync("POST", "/api/v1/auth/refresh", new { refreshToken = 1, more = 2 })).Faults.ShouldBe(["/refreshToken invalid_type", "/more unknown_member"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_membership_that_ended_ends_the_refreshing_too()
    {
        var session = await OpenAsync();
        await ExecuteAsync("UPDATE memberships SET active = false WHERE id = (SELECT user_id FROM sessions WHERE id = $1)", session.SessionId);

        (await Host.RefreshAsync(session.RefreshToken)).Code.ShouldBe("membership_ended");
    }

    [Fact]
    public async Task One_who_is_no_operator_any_more_does_not_go_on_at_the_host()
    {
        var (email, password) = await Host.CreatePersonAsync(tenant: null);
        var session = await Host.OpenSessionAsync(new { email, password });
        await ExecuteAsync("UPDATE users SET is_host_operator = false WHERE id = (SELECT user_id FROM sessions WHERE id = $1)", session.SessionId);

        (await Host.RefreshAsync(session.RefreshToken)).Code.ShouldBe("membership_ended");
    }

    [Fact]
    public async Task A_suspended_tenant_refuses_to_refresh_without_using_the_token_up()
    {
        var tenant = await Host.CreateTenantAsync("closing");
        var session = await Host.OpenSessionAsync(new { email = tenant.Email, password = tenant.Password });
        await ExecuteAsync("UPDATE tenants SET status = 'suspended' WHERE id = $1", tenant.Id);
        (await Host.RefreshAsync(session.RefreshToken)).Code.ShouldBe("tenant_suspended");

        await ExecuteAsync("UPDATE tenants SET status = 'active' WHERE id = $1", tenant.Id);
        (await ScalarAsync<bool>("SELECT bool_and(used_at IS NULL) FROM refresh_tokens WHERE session_id = $1", session.SessionId)).ShouldBeTrue();
        (await Host.RefreshAsync(session.RefreshToken)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Nothing_stored_is_a_token()
    {
        var session = await OpenAsync();
        var next = Read(await Host.RefreshAsync(session.RefreshToken));

        var stored = await ScalarAsync<string>("SELECT string_agg(t::text, ' ') || (SELECT string_agg(c::text, ' ') FROM host_changes c) || (SELECT string_agg(c::text, ' ') FROM changes c) FROM refresh_tokens t WHERE session_id = $1", session.SessionId);
        foreach (var token in new[] { session.RefreshToken, next.RefreshToken })
        {
            var secret = token.Split("crm_refresh_")[1];
            stored.ShouldNotContain(secret);
            stored.ShouldNotContain(Convert.ToHexString(Base64Url.DecodeFromChars(secret)), Case.Insensitive);
        }
    }

    [Fact]
    public async Task What_ended_long_ago_is_removed_by_those_who_come_after()
    {
        var session = await OpenAsync();
        var next = Read(await Host.RefreshAsync(session.RefreshToken));
        await AgeAsync("refresh_tokens", "expires_at", "20 days", session);
        await AgeAsync("sessions", "ends_at", "20 days", session);

        await OpenAsync();

        (await ScalarAsync<long>("SELECT count(*) FROM sessions WHERE id = $1", session.SessionId)).ShouldBe(0);
        (await ScalarAsync<long>("SELECT count(*) FROM refresh_tokens WHERE session_id = $1", session.SessionId)).ShouldBe(0);
        Refused(await Host.RefreshAsync(next.RefreshToken));
    }

    private static void Refused(Answer answer)
    {
        answer.Status.ShouldBe(HttpStatusCode.Unauthorized, answer.Text);
        answer.Code.ShouldBe("invalid_refresh_token");
        answer.Headers["WWW-Authenticate"].ShouldBe("Bearer");
    }

    private async Task<SignedIn> OpenAsync()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        return await Host.OpenSessionAsync(new { email, password });
    }

    private SignedIn Read(Answer answer)
    {
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        var token = (string)answer.Body!["accessToken"]!;
        return new SignedIn(Host.CreateClient().With(token), token, (string)answer.Body["refreshToken"]!);
    }

    private Task AgeAsync(string table, string column, string age, SignedIn session) =>
        ExecuteAsync($"UPDATE {table} SET {column} = {column} - interval '{age}' WHERE {(table == "sessions" ? "id" : "session_id")} = $1", session.SessionId);

    private async Task ExecuteAsync(string sql, Guid id)
    {
        await using var source = NpgsqlDataSource.Create(Host.Database.SuperConnectionString);
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = id });
        (await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken)).ShouldBeGreaterThan(0);
    }

    private async Task<T> ScalarAsync<T>(string sql, object value)
    {
        await using var source = NpgsqlDataSource.Create(Host.Database.SuperConnectionString);
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = value });
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
