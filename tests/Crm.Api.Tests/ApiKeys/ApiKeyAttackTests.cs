using System.Net;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.ApiKeys;

/// <summary>What is not a key, or not a good one, and what the refusal costs and tells.</summary>
public sealed class ApiKeyAttackTests(ApiKeyFixture api) : IClassFixture<ApiKeyFixture>
{
    private HttpClient Owner => api.Acme.Client;

    [Fact]
    public async Task What_cannot_be_a_key_is_refused_without_a_trip_to_the_database()
    {
        var key = (await Owner.CreateKeyAsync()).Secret;
        (await api.A.WithKey(key).SendAsync("GET", KeyUse.MePath)).Status.ShouldBe(HttpStatusCode.OK);
        string[] broken =
        [
            "", key[..^1], key + "0", key[..^1] + (key[^1] == 'a' ? 'b' : 'a'), Swapped(key), key.Replace("live", "test", StringComparison.Ordinal), key.ToUpperInvariant(), key.ToLowerInvariant() + "A",
            "crm_live_", "crm_live_" + new string('0', 38), "crm_live_" + new string('x', 10_000), new string('x', 10_000), key[..20] + "-" + key[21..], $"{key},{key}", "' OR 1=1 --",
        ];
        api.Forget();

        foreach (var text in broken)
        {
            var answer = await api.A.WithKey(text).SendAsync("GET", KeyUse.MePath);
            (answer.Status, answer.Code).ShouldBe((HttpStatusCode.Unauthorized, "invalid_api_key"), text);
            answer.Headers["WWW-Authenticate"].ShouldStartWith("Bearer error=\"invalid_token\"");
        }

        using var unicode = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => System.Text.Encoding.UTF8 }) { BaseAddress = api.A.BaseAddress };
        foreach (var (name, value) in new[] { ("Authorization", "Bearer crm_live_ünïcode"), ("X-API-Key", "crm_live_" + new string('é', 38)) })
            (await unicode.SendAsync("GET", KeyUse.MePath, null, (name, value))).Code.ShouldBe("invalid_api_key");
        api.Trips().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_key_costs_one_trip_in_a_second_and_none_for_counting()
    {
        var key = await Owner.CreateKeyAsync(["pipelines:read"]);
        var client = api.A.WithKey(key.Secret);
        api.Forget();

        for (var i = 0; i < 5; i++)
            (await client.SendAsync("GET", "/api/v1/meta/objects")).Status.ShouldBe(HttpStatusCode.OK);

        var (trips, random) = (api.Trips(), key.Secret[13..]);
        trips.Count(t => t.Statements.Any(s => s.Text.Contains("api_key", StringComparison.Ordinal))).ShouldBeInRange(1, 2);
        trips.SelectMany(t => t.Statements).ShouldNotContain(s => s.Text.Contains("api_key_usage", StringComparison.Ordinal));
        trips.SelectMany(t => t.Statements).SelectMany(s => s.Parameters).ShouldNotContain(p => p.Value is string && ((string)p.Value).Contains(random, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_known_key_that_is_refused_is_answered_as_an_unknown_one_and_noted_once_a_minute()
    {
        var key = await Owner.CreateKeyAsync(allowedIps: ["192.0.2.7"]);
        var gone = await Owner.CreateKeyAsync();
        await Owner.SendAsync("DELETE", gone.Path);
        var unknown = await Owner.CreateKeyAsync();
        await api.ScalarAsync("DELETE FROM api_key_secrets WHERE api_key_id = $1", unknown.Id);

        var answers = new List<Answer>();
        foreach (var secret in new[] { key.Secret, key.Secret, key.Secret, gone.Secret, unknown.Secret, unknown.Secret[..^1] })
            answers.Add(await api.B.WithKey(secret).SendAsync("GET", KeyUse.MePath));

        answers.Select(a => (a.Status, a.Code, (string)a.Body!["detail"]!, string.Join(',', a.Headers.Keys.Order()), a.Headers["WWW-Authenticate"])).Distinct().ShouldHaveSingleItem();
        (await NotesAsync(key, 1)).ShouldBe($"{api.Acme.Id} address 127.0.0.1");
        (await NotesAsync(gone, 1)).ShouldBe($"{api.Acme.Id} revoked 127.0.0.1");
        (await api.ScalarAsync("SELECT count(*) FROM changes WHERE action = 'api_key_refused' AND record_type = 'api_key' AND record_id = $1", unknown.Id)).ShouldBe(0L);
    }

    [Fact]
    public async Task Why_a_key_is_refused_is_noted()
    {
        var (expired, replaced, left) = (await Owner.CreateKeyAsync(), await Owner.CreateKeyAsync(), await Owner.CreateKeyAsync());
        await api.ScalarAsync("UPDATE api_keys SET expires_at = now() - interval '1 hour' WHERE id = $1", expired.Id);
        await api.ScalarAsync("UPDATE api_key_secrets SET ends_at = now() - interval '1 hour' WHERE api_key_id = $1", replaced.Id);
        await api.ScalarAsync(
            "WITH u AS (INSERT INTO users (id, email, name) VALUES (gen_random_uuid(), $1::text || '@x.example', 'x') RETURNING id), m AS (INSERT INTO memberships (tenant_id, id, role_id, active, created_at, updated_at) SELECT k.tenant_id, u.id, m.role_id, false, now(), now() FROM u, api_keys k JOIN memberships m ON m.tenant_id = k.tenant_id AND m.id = k.user_id WHERE k.id = $1 RETURNING id) SELECT id FROM m", left.Id);
        await api.ScalarAsync("UPDATE api_keys SET user_id = (SELECT id FROM users WHERE email = $1::text || '@x.example') WHERE id = $1", left.Id);

        foreach (var (key, reason) in new[] { (expired, "expired"), (replaced, "replaced"), (left, "membership_ended") })
        {
            (await api.A.MeFromAsync(key.Secret, "nowhere")).Status.ShouldBe(HttpStatusCode.Unauthorized);
            (await NotesAsync(key, 1)).ShouldBe($"{api.Acme.Id} {reason} ");
        }
    }

    [Fact]
    public async Task A_key_in_the_query_string_is_an_unknown_parameter_and_opens_nothing()
    {
        var key = await Owner.CreateKeyAsync();

        (await api.A.CreateClient().SendAsync("GET", $"/api/v1/contacts?api_key={key.Secret}")).Code.ShouldBe("unauthenticated");
        (await Owner.SendAsync("GET", $"/api/v1/contacts?api_key={key.Secret}")).Faults.ShouldBe(["api_key unknown_parameter"]);
    }

    [Fact]
    public async Task Where_anyone_may_call_no_key_is_looked_at()
    {
        (await api.A.WithKey("rubbish").SendAsync("GET", "/health/live")).Status.ShouldBe(HttpStatusCode.OK);
        (await api.A.WithKey("rubbish").SendAsync("GET", "/api/v1/nowhere")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task<string?> NotesAsync(TestKey key, int count)
    {
        // Notes are written behind the answer.
        const string Sql = "SELECT string_agg(concat_ws(' ', fields ->> 'tenantId', fields ->> 'reason', fields ->> 'address'), ',') FROM changes WHERE action = 'api_key_refused' AND record_type = 'api_key' AND record_id = $1 AND actor_type = 'api_key' AND actor_id = record_id";
        return (string?)await Until.ShouldBe(() => api.ScalarAsync(Sql, key.Id), notes => notes is string text && text.Split(',').Length == count, TimeSpan.FromSeconds(10));
    }

    private static string Swapped(string key)
    {
        var characters = key.ToCharArray();
        var at = Enumerable.Range(13, 20).First(i => characters[i] != characters[i + 1]);
        (characters[at], characters[at + 1]) = (characters[at + 1], characters[at]);
        return new string(characters);
    }
}
