using System.Net;
using Crm.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Identity;

public sealed class SessionCapTests : IAsyncLifetime
{
    private ApiHost _host = null!;
    private TestTenant _tenant = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ApiHost.StartAsync(("Sessions:MaxPerUser", "3"));
        _tenant = await _host.CreateTenantAsync("capped");
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task One_session_more_than_a_user_may_have_ends_the_one_used_longest_ago_and_the_log_says_so()
    {
        var sessions = new List<SignedIn>();
        for (var i = 0; i < 2; i++)
            sessions.Add(await OpenAsync());
        (await _host.RefreshAsync(sessions[0].RefreshToken)).Status.ShouldBe(HttpStatusCode.OK);
        (await ReasonsAsync()).ShouldBeEmpty();

        // The tenant's own first session was used longest ago, then the second of these, since the first was refreshed.
        sessions.Add(await OpenAsync());
        sessions.Add(await OpenAsync());

        await Until.ShouldBe(() => _tenant.Client.SendAsync("GET", "/api/v1/me"), a => a.Status == HttpStatusCode.Unauthorized, TimeSpan.FromSeconds(3));
        await Until.ShouldBe(() => sessions[1].Client.SendAsync("GET", "/api/v1/me"), a => a.Status == HttpStatusCode.Unauthorized, TimeSpan.FromSeconds(3));
        (await sessions[0].Client.SendAsync("GET", "/api/v1/me")).Status.ShouldBe(HttpStatusCode.OK);
        (await ReasonsAsync()).ShouldBe(["too_many_sessions 1", "too_many_sessions 1"]);
    }

    [Fact]
    public async Task Sign_ins_at_the_same_time_leave_no_more_than_a_user_may_have()
    {
        var sessions = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => OpenAsync()));

        var listed = await Task.WhenAll(sessions.Select(s => s.Client.SendAsync("GET", "/api/v1/me/sessions")));

        listed.ShouldContain(a => a.Status == HttpStatusCode.OK);
        listed.Where(a => a.Status == HttpStatusCode.OK).ShouldAllBe(a => a.Body!["data"]!.AsArray().Count == 3);
    }

    [Fact]
    public async Task Each_session_says_how_far_away_it_was_used_from() =>
        (await _tenant.Client.SendAsync("GET", "/api/v1/me/sessions")).Body!["data"]![0]!["place"]!.GetValue<string>().ShouldBe("local");

    private Task<SignedIn> OpenAsync() => _host.OpenSessionAsync(new { email = _tenant.Email, password = _tenant.Password });

    private async Task<IReadOnlyList<string>> ReasonsAsync()
    {
        await using var source = NpgsqlDataSource.Create(_host.Database.SuperConnectionString);
        await using var command = source.CreateCommand("SELECT fields->>'reason' || ' ' || (fields->>'sessions') FROM host_changes WHERE action = 'sessions_revoked'");
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var reasons = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            reasons.Add(reader.GetString(0));
        return reasons;
    }
}
