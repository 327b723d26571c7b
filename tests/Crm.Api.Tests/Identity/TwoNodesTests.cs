using System.Net;
using Crm.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Identity;

/// <summary>Two nodes of one installation: one database, one folder of keys, nothing else in common.</summary>
public sealed class TwoNodes : IAsyncLifetime
{
    public ApiHost A { get; private set; } = null!;

    public ApiHost B { get; private set; } = null!;

    public TestTenant Acme { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        A = await ApiHost.StartAsync();
        B = await A.StartNodeAsync();
        Acme = await A.CreateTenantAsync("acme");
    }

    public async ValueTask DisposeAsync()
    {
        await B.DisposeAsync();
        await A.DisposeAsync();
    }
}

public sealed class TwoNodesTests(TwoNodes nodes) : IClassFixture<TwoNodes>
{
    private const string MePath = "/api/v1/me";

    // A second, and what a busy machine takes to ask.
    private static readonly TimeSpan ASecond = TimeSpan.FromSeconds(1.5);

    [Fact]
    public async Task A_hundred_who_present_one_token_at_once_to_two_nodes_get_one_successor()
    {
        var session = await OpenAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => (i % 2 == 0 ? nodes.A : nodes.B).RefreshAsync(session.RefreshToken)));

        answers.ShouldAllBe(a => a.Status == HttpStatusCode.OK);
        var successor = answers.Select(a => (string)a.Body!["refreshToken"]!).Distinct().ShouldHaveSingleItem();
        (await ScalarAsync("SELECT count(*) FROM refresh_tokens WHERE session_id = $1", session.SessionId)).ShouldBe(2L);
        (await nodes.B.RefreshAsync(successor)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("POST", "/api/v1/auth/sign-out")]
    [InlineData("POST", "/api/v1/auth/sign-out-everywhere")]
    [InlineData("DELETE", "/api/v1/me/sessions/{id}")]
    public async Task What_ends_on_one_node_is_refused_by_the_other_within_a_second(string method, string path)
    {
        var session = await OpenAsync();
        (await OnB(session).SendAsync("GET", MePath)).Status.ShouldBe(HttpStatusCode.OK);

        (await session.Client.SendAsync(method, path.Replace("{id}", session.SessionId.ToString(), StringComparison.Ordinal))).Status.ShouldBe(HttpStatusCode.NoContent);

        (await RefusedByBAsync(session)).Code.ShouldBe("session_ended");
        (await nodes.B.RefreshAsync(session.RefreshToken)).Code.ShouldBe("invalid_refresh_token");
    }

    [Fact]
    public async Task A_token_reused_on_one_node_ends_the_session_on_the_other_within_a_second()
    {
        var session = await OpenAsync();
        (await nodes.A.RefreshAsync(session.RefreshToken)).Status.ShouldBe(HttpStatusCode.OK);
        (await OnB(session).SendAsync("GET", MePath)).Status.ShouldBe(HttpStatusCode.OK);
        await ScalarAsync("UPDATE refresh_tokens SET used_at = used_at - interval '11 seconds' WHERE session_id = $1 AND used_at IS NOT NULL RETURNING 1", session.SessionId);

        (await nodes.A.RefreshAsync(session.RefreshToken)).Status.ShouldBe(HttpStatusCode.Unauthorized);

        (await RefusedByBAsync(session)).Code.ShouldBe("session_ended");
    }

    [Fact]
    public async Task A_membership_deactivated_a_role_changed_and_a_tenant_suspended_count_on_every_node_within_a_second()
    {
        var session = await OpenAsync();
        var client = OnB(session);
        (await client.SendAsync("GET", MePath)).Body!["permissions"]!.AsArray().Count.ShouldBeGreaterThan(15);

        await ScalarAsync("UPDATE memberships m SET role_id = r.id FROM roles r, sessions s WHERE r.tenant_id = m.tenant_id AND r.name = 'viewer' AND m.id = s.user_id AND s.id = $1 RETURNING 1", session.SessionId);
        await Until.ShouldBe(() => client.SendAsync("GET", MePath), a => a.Body!["permissions"]!.AsArray().Count < 10, ASecond);

        await ScalarAsync("UPDATE tenants SET status = 'suspended' WHERE id = $1 RETURNING 1", nodes.Acme.Id);
        (await Until.ShouldBe(() => client.SendAsync("GET", MePath), a => a.Status == HttpStatusCode.Forbidden, ASecond)).Code.ShouldBe("tenant_suspended");
        await ScalarAsync("UPDATE tenants SET status = 'active' WHERE id = $1 RETURNING 1", nodes.Acme.Id);
        await Until.ShouldBe(() => client.SendAsync("GET", MePath), a => a.Status == HttpStatusCode.OK, ASecond);

        await ScalarAsync("UPDATE memberships m SET active = false FROM sessions s WHERE m.id = s.user_id AND s.id = $1 RETURNING 1", session.SessionId);
        (await RefusedByBAsync(session)).Code.ShouldBe("membership_ended");
    }

    private async Task<SignedIn> OpenAsync()
    {
        var (email, password) = await nodes.A.CreatePersonAsync("acme");
        return await nodes.A.OpenSessionAsync(new { email, password });
    }

    private HttpClient OnB(SignedIn session) => nodes.B.CreateClient().With(session.AccessToken);

    private async Task<Answer> RefusedByBAsync(SignedIn session)
    {
        var client = OnB(session);
        return await Until.ShouldBe(() => client.SendAsync("GET", MePath), a => a.Status == HttpStatusCode.Unauthorized, ASecond);
    }

    private async Task<object?> ScalarAsync(string sql, Guid id)
    {
        await using var source = NpgsqlDataSource.Create(nodes.A.Database.SuperConnectionString);
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = id });
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
