using System.Net;
using System.Text.Json.Nodes;
using Crm.Api.Hosting;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Isolation.Tests.Statements;

/// <summary>What sessions cost when there are many: trips, and plans that look at a few rows only.</summary>
public sealed class SessionStatementTests : IAsyncLifetime
{
    // Live ones, ended ones that wait for their removal, and their tokens.
    private const string Fill = """
        INSERT INTO tenants (id, identifier, name) SELECT gen_random_uuid(), 'crowd-' || i, 'Crowd' FROM generate_series(1, 1000) i;
        INSERT INTO users (id, email, name) SELECT gen_random_uuid(), 'crowd-' || i || '@x.example', 'Crowd' FROM generate_series(1, 1000) i;
        INSERT INTO sessions (id, user_id, tenant_id, ends_at, expires_at)
            SELECT gen_random_uuid(), u.id, $1, now() + (i - 1) * interval '1 day', now() + i * interval '1 day' FROM users u CROSS JOIN generate_series(0, 14) i WHERE u.name = 'Crowd';
        INSERT INTO refresh_tokens (hash, session_id, expires_at) SELECT sha256(s.id::text::bytea || i::text::bytea), s.id, s.ends_at FROM sessions s CROSS JOIN generate_series(1, 2) i;
        """;

    private readonly SqlRecorder _recorder = new();
    private ApiHost _api = null!;
    private TestTenant _tenant = null!;
    private NpgsqlConnection _superuser = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await ApiHost.StartAsync(
            (services, database) => services.AddSingleton(_ => _recorder.Watch(database.AppConnectionString)), app => app.UseCrm(), ("Jobs:Concurrency", "0"), ("Audit:SealInterval", "01:00:00"));
        _tenant = await _api.CreateTenantAsync("acme");
        _superuser = await SqlExtensions.OpenAsync(_api.Database.SuperConnectionString);
        foreach (var statement in Fill.Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            await _superuser.RunAsync(statement, statement.Contains("$1", StringComparison.Ordinal) ? [_tenant.Id] : []);
        await _superuser.RunAsync("ANALYZE");
    }

    public async ValueTask DisposeAsync()
    {
        await _superuser.DisposeAsync();
        await _api.DisposeAsync();
        _recorder.Dispose();
    }

    [Fact]
    public async Task Signing_in_going_on_and_being_recognised_cost_few_trips_which_look_at_few_rows()
    {
        _recorder.Take();
        var signedIn = await _tenant.Client.SendAsync("POST", "/api/v1/auth/sign-in", new { email = _tenant.Email, password = _tenant.Password });
        await ShouldBeServedByIndexesAsync("signing in", _recorder.Take(), most: 7);

        var refreshed = await _tenant.Client.SendAsync("POST", "/api/v1/auth/refresh", new { refreshToken = (string)signedIn.Body!["refreshToken"]! });
        refreshed.Status.ShouldBe(HttpStatusCode.OK, refreshed.Text);
        await ShouldBeServedByIndexesAsync("going on", _recorder.Take(), most: 3);

        // The tenant is the other trip; both are kept for a second.
        (string, string) bearer = ("Authorization", $"Bearer {refreshed.Body!["accessToken"]}");
        (await _tenant.Client.SendAsync("GET", "/api/v1/meta/objects", null, bearer)).Status.ShouldBe(HttpStatusCode.OK);
        await ShouldBeServedByIndexesAsync("being recognised", _recorder.Take(), most: 2);
        (await _tenant.Client.SendAsync("GET", "/api/v1/meta/objects", null, bearer)).Status.ShouldBe(HttpStatusCode.OK);
        _recorder.Take().Count.ShouldBeLessThanOrEqualTo(2);

        var listed = await _tenant.Client.SendAsync("GET", "/api/v1/me/sessions", null, bearer);
        listed.Body!["data"]!.AsArray().Count.ShouldBe(2);
        await ShouldBeServedByIndexesAsync("listing", _recorder.Take(), most: 3);

        (await _tenant.Client.SendAsync("POST", "/api/v1/auth/sign-out-everywhere", null, bearer)).Status.ShouldBe(HttpStatusCode.NoContent);
        await ShouldBeServedByIndexesAsync("signing out", _recorder.Take(), most: 4);
    }

    [Fact]
    public async Task What_ended_is_removed_a_few_rows_at_a_time_until_nothing_of_it_is_left()
    {
        var ended = await _superuser.ScalarAsync<long>("SELECT count(*) FROM sessions WHERE ends_at < now() - interval '1 hour'");
        var tokens = await CountAsync("refresh_tokens");
        ended.ShouldBe(1000);

        var signedIn = await _tenant.Client.SendAsync("POST", "/api/v1/auth/sign-in", new { email = _tenant.Email, password = _tenant.Password });
        (tokens - await CountAsync("refresh_tokens")).ShouldBe(19, "twenty gone, one new");

        var refreshToken = (string)signedIn.Body!["refreshToken"]!;
        for (var i = 0; i < 120; i++)
            refreshToken = (string)(await _tenant.Client.SendAsync("POST", "/api/v1/auth/refresh", new { refreshToken })).Body!["refreshToken"]!;
        for (var i = 0; i < 3; i++)
            await _tenant.Client.SendAsync("POST", "/api/v1/auth/sign-in", new { email = _tenant.Email, password = _tenant.Password });

        (await _superuser.ScalarAsync<long>("SELECT count(*) FROM refresh_tokens WHERE expires_at < now() - interval '1 hour'")).ShouldBe(0);
        (await _superuser.ScalarAsync<long>("SELECT count(*) FROM sessions WHERE ends_at < now() - interval '1 hour'")).ShouldBe(ended - (3 * 20));
    }

    private Task<long> CountAsync(string table) => _superuser.ScalarAsync<long>($"SELECT count(*) FROM {table}");

    private async Task ShouldBeServedByIndexesAsync(string what, IReadOnlyList<SqlTrip> trips, int most)
    {
        trips.Count.ShouldBeLessThanOrEqualTo(most, what + "\n" + string.Join('\n', trips.SelectMany(t => t.Statements).Select(s => s.Text)));
        await using var connection = await SqlExtensions.OpenAsync(_api.Database.AppConnectionString);
        foreach (var sent in trips.SelectMany(t => t.Statements).Where(s => s.Text.Contains("sessions", StringComparison.Ordinal) || s.Text.Contains("refresh_tokens", StringComparison.Ordinal)))
        {
            await using var explain = new NpgsqlCommand("EXPLAIN (FORMAT JSON) " + sent.Text, connection);
            foreach (var parameter in sent.Parameters)
                explain.Parameters.Add(parameter.Clone());
            var plan = (string)(await explain.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
            Nodes(JsonNode.Parse(plan)!).Where(node => (string?)node["Node Type"] == "Seq Scan").Select(node => (string)node["Relation Name"]!).ShouldBeEmpty($"{what}: {sent.Text}\n{plan}");
        }
    }

    private static IEnumerable<JsonNode> Nodes(JsonNode node) => node switch
    {
        JsonArray items => items.SelectMany(item => Nodes(item!)),
        JsonObject members => members.Where(m => m.Value is JsonObject or JsonArray).SelectMany(m => Nodes(m.Value!)).Prepend(node),
        _ => [],
    };
}
