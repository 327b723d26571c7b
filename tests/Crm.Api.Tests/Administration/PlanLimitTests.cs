using System.Net;
using Crm.Api.Tests.Identity;
using Crm.Api.Tests.Identity.Lockout;
using Crm.Domain.Common;
using Crm.Testing;
using Microsoft.Extensions.Options;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Administration;

public sealed class PlanLimitTests : IAsyncLifetime
{
    private static readonly TimeSpan Known = TimeSpan.FromSeconds(3);

    private ApiHost _host = null!;
    private HttpClient _operator = null!;
    private TestTenant _tenant = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await ApiHost.StartAsync(("Plans:free:Records", "20"), ("Plans:free:Users", "2"), ("Plans:large:Records", "1000"), ("Plans:free:ApiKeys", "3"));
        _operator = await _host.CreateOperatorAsync();
        _tenant = await _host.CreateTenantAsync("limited");
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_hundred_parallel_creates_over_two_nodes_end_exactly_at_the_limit()
    {
        await using var node = await _host.StartNodeAsync(null, ("Plans:free:Records", "20"), ("Plans:free:Users", "2"));
        var there = node.CreateClient().With(_tenant.Token);
        await _tenant.Client.CreateAsync("companies", new { name = "Before" });
        await PlanAsync("free", 20, _tenant.Client, there);

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => (i % 2 == 0 ? _tenant.Client : there).SendAsync(
            "POST", i % 3 == 0 ? "/api/v1/companies" : "/api/v1/contacts", i % 3 == 0 ? new { name = $"C {i}" } : new { firstName = $"C {i}" })));

        answers.Count(a => a.Status == HttpStatusCode.Created).ShouldBe(19);
        var refused = answers.Where(a => a.Status != HttpStatusCode.Created).ToList();
        refused.ShouldAllBe(a => a.Status == HttpStatusCode.Conflict && a.Code == "plan_limit_reached");
        (refused[0].Body!["what"]!.GetValue<string>(), refused[0].Body!["limit"]!.GetValue<int>(), refused[0].Body!["used"]!.GetValue<int>()).ShouldBe(("records", 20, 20));
        (await UsageAsync())["recordsTotal"]!.GetValue<int>().ShouldBe(20);
    }

    [Fact]
    public async Task A_record_removed_for_good_makes_room_and_one_in_the_trash_does_not()
    {
        for (var i = 0; i < 20; i++)
            await _tenant.Client.CreateAsync("companies", new { name = $"C {i}" });
        await PlanAsync("free", 20, _tenant.Client);
        var id = (await _tenant.Client.SendAsync("GET", "/api/v1/companies?limit=1")).Ids[0];

        (await CreateAsync()).Code.ShouldBe("plan_limit_reached");
        (await _tenant.Client.SendAsync("DELETE", $"/api/v1/companies/{id}")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await CreateAsync()).Code.ShouldBe("plan_limit_reached");
        (await _tenant.Client.SendAsync("DELETE", $"/api/v1/companies/{id}?purge=true")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await CreateAsync()).Status.ShouldBe(HttpStatusCode.Created);
        (await CreateAsync()).Code.ShouldBe("plan_limit_reached");
    }

    [Fact]
    public async Task A_tenant_s_own_limit_counts_instead_of_its_plan_s_and_taking_it_away_brings_the_plan_s_back()
    {
        await PlanAsync("free", 20, _tenant.Client);
        await _operator.SendAsync("PATCH", $"/api/v1/host/tenants/{_tenant.Id}", new { limits = new { records = 1 } });
        await Until.ShouldBe(() => LimitAsync(_tenant.Client), l => l == 1, Known);
        (await CreateAsync()).Status.ShouldBe(HttpStatusCode.Created);
        (await CreateAsync()).Code.ShouldBe("plan_limit_reached");

        await _operator.SendAsync("PATCH", $"/api/v1/host/tenants/{_tenant.Id}", new { limits = (object?)null });
        await Until.ShouldBe(() => LimitAsync(_tenant.Client), l => l == 20, Known);
        (await CreateAsync()).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_count_that_was_too_high_or_too_low_is_set_right()
    {
        await PlanAsync("free", 20, _tenant.Client);
        await CreateAsync();
        await ExecuteAsync("UPDATE plan_counters SET used = 20, counted_at = now(), settled_at = '-infinity'");
        (await CreateAsync()).Status.ShouldBe(HttpStatusCode.Created);

        for (var i = 2; i < 20; i++)
            await CreateAsync();
        await ExecuteAsync("UPDATE plan_counters SET used = 1, counted_at = now() - interval '11 minutes', settled_at = '-infinity'");
        (await CreateAsync()).Code.ShouldBe("plan_limit_reached");
    }

    [Fact]
    public async Task Rows_of_an_import_beyond_the_limit_fail_with_that_code_and_those_before_it_are_there()
    {
        await PlanAsync("free", 20, _tenant.Client);
        using var form = new MultipartFormDataContent
        {
            { new StringContent("company"), "recordType" },
            { new StringContent("""{"columns":[{"column":"Name","field":"name"}]}"""), "mapping" },
            { new StringContent("Name\n" + string.Join('\n', Enumerable.Range(1, 25).Select(i => $"Company {i}"))), "file", "c.csv" },
        };
        using var sent = await _tenant.Client.PostAsync(new Uri("/api/v1/imports", UriKind.Relative), form, Cancellation);
        sent.StatusCode.ShouldBe(HttpStatusCode.Accepted, await sent.Content.ReadAsStringAsync(Cancellation));
        var path = sent.Headers.Location!.ToString();
        var job = await Until.ShouldBe(() => _tenant.Client.SendAsync("GET", path), a => a.Body!["status"]!.GetValue<string>() == "succeeded", TimeSpan.FromSeconds(20));

        (job.Body!["result"]!["created"]!.GetValue<int>(), job.Body["result"]!["failed"]!.GetValue<int>()).ShouldBe((20, 5));
        (await _tenant.Client.SendAsync("GET", $"{path}/errors")).Body!["data"]!.AsArray().Select(e => e!["code"]!.GetValue<string>()).ShouldBe(Enumerable.Repeat("plan_limit_reached", 5));
    }

    [Fact]
    public async Task People_beyond_the_limit_are_neither_invited_nor_activated_nor_let_in()
    {
        await PlanAsync("free", 20, _tenant.Client);
        var person = new { email = $"{Guid.NewGuid():N}@people.example", name = "Mary", role = "member" };
        (await _tenant.Client.SendAsync("POST", "/api/v1/invitations", person)).Status.ShouldBe(HttpStatusCode.Created);
        var token = await MailAsync();
        var second = await _host.AddUserAsync(_tenant, "second@people.example", "Second", "member");

        (await _tenant.Client.SendAsync("POST", "/api/v1/invitations", new { email = "third@people.example", name = "Third", role = "member" })).Code.ShouldBe("plan_limit_reached");
        (await AcceptAsync(token)).Code.ShouldBe("plan_limit_reached");
        await _tenant.Client.SendAsync("POST", $"/api/v1/admin/users/{second}/deactivate", new { });
        (await AcceptAsync(token)).Status.ShouldBe(HttpStatusCode.OK);
        (await _tenant.Client.SendAsync("POST", $"/api/v1/admin/users/{second}/activate")).Code.ShouldBe("plan_limit_reached");
        (await UsageAsync())["users"]!.ToJsonString().ShouldBe("""{"active":2,"inactive":1}""");
    }

    [Fact]
    public async Task Of_one_for_whom_there_is_no_seat_or_no_role_no_account_is_left()
    {
        await PlanAsync("free", 20, _tenant.Client);
        await _host.AddUserAsync(_tenant, "taken@people.example", "Taken", "member");

        (await Should.ThrowAsync<ConflictException>(() => _host.AddUserAsync(_tenant, "late@people.example", "Late", "member"))).Code.ShouldBe("plan_limit_reached");
        (await Should.ThrowAsync<ConflictException>(() => _host.AddUserAsync(_tenant, "TAKEN@people.example", "Taken", "member"))).Code.ShouldBe("already_member");
        await Should.ThrowAsync<CrmException>(() => _host.AddUserAsync(_tenant, "late@people.example", "Late", "nobility"));

        (await _host.ScalarAsync("SELECT string_agg(email, ' ') FROM users WHERE email_lower LIKE '%@people.example'")).ShouldBe("taken@people.example");
    }

    [Fact]
    public async Task However_many_make_API_keys_at_once_there_are_no_more_than_the_plan_allows_and_a_revoked_one_makes_room()
    {
        await PlanAsync("free", 20, _tenant.Client);

        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CreateKeyAsync()));

        made.Count(a => a.Status == HttpStatusCode.Created).ShouldBe(3);
        var refused = made.Where(a => a.Status != HttpStatusCode.Created).ToList();
        refused.ShouldAllBe(a => a.Status == HttpStatusCode.Conflict && a.Code == "plan_limit_reached");
        (refused[0].Body!["what"]!.GetValue<string>(), refused[0].Body!["limit"]!.GetValue<int>(), refused[0].Body!["used"]!.GetValue<int>()).ShouldBe(("apiKeys", 3, 3));
        var id = made.First(a => a.Status == HttpStatusCode.Created).Body!["apiKey"]!["id"];
        (await _tenant.Client.SendAsync("DELETE", $"/api/v1/api-keys/{id}")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await CreateKeyAsync()).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_tenant_s_requests_have_the_ceiling_of_its_plan_or_its_own_from_the_next_request_on_even_when_it_has_used_up_the_one_before()
    {
        // Every request reads its tenant, so that none has to be waited for.
        (string, string)[] settings = [("RateLimits:Enabled", "true"), ("Plans:slow:RequestsPerMinute", "40"), ("MultiTenancy:CacheFor", "00:00:00")];
        await using var node = await _host.StartNodeAsync(null, settings);
        var (client, host) = (node.CreateClient().With(_tenant.Token), node.CreateClient().With(_operator.DefaultRequestHeaders.Authorization!.Parameter!));
        (await CeilingAsync(client)).ShouldBe((HttpStatusCode.OK, "\"tenant\";q=6000;w=60"));

        (await host.SendAsync("PATCH", $"/api/v1/host/tenants/{_tenant.Id}", new { plan = "slow" })).Status.ShouldBe(HttpStatusCode.OK);
        (await CeilingAsync(client)).ShouldBe((HttpStatusCode.OK, "\"tenant\";q=40;w=60"));
        await host.SendAsync("PATCH", $"/api/v1/host/tenants/{_tenant.Id}", new { limits = new { requestsPerMinute = 2 } });
        for (var i = 0; i < 2; i++)
            (await CeilingAsync(client)).ShouldBe((HttpStatusCode.TooManyRequests, "\"tenant\";q=2;w=60"));
        await host.SendAsync("PATCH", $"/api/v1/host/tenants/{_tenant.Id}", new { limits = new { requestsPerMinute = 3 } });
        (await CeilingAsync(client)).ShouldBe((HttpStatusCode.OK, "\"tenant\";q=3;w=60"));
        (await CeilingAsync(client)).ShouldBe((HttpStatusCode.TooManyRequests, "\"tenant\";q=3;w=60"));

        // A node that was just started knows it with its first request.
        await using (var next = await _host.StartNodeAsync(null, settings))
            (await CeilingAsync(next.CreateClient().With(_tenant.Token))).ShouldBe((HttpStatusCode.OK, "\"tenant\";q=3;w=60"));

        // Requests of a suspended tenant are counted as well, and refused as too many before they are refused for that.
        (await host.SendAsync("POST", $"/api/v1/host/tenants/{_tenant.Id}/suspend")).Status.ShouldBe(HttpStatusCode.OK);
        (await client.SendAsync("GET", "/api/v1/me")).Code.ShouldBe("rate_limited");
        await host.SendAsync("PATCH", $"/api/v1/host/tenants/{_tenant.Id}", new { limits = (object?)null });
        (await client.SendAsync("GET", "/api/v1/me")).Code.ShouldBe("tenant_suspended");
        (await host.SendAsync("POST", $"/api/v1/host/tenants/{_tenant.Id}/activate")).Status.ShouldBe(HttpStatusCode.OK);
        (await CeilingAsync(client)).ShouldBe((HttpStatusCode.OK, "\"tenant\";q=40;w=60"));

        await using var without = await _host.StartNodeAsync(null, [.. settings, ("RateLimits:Tenant:Enabled", "false")]);
        var free = without.CreateClient().With(_tenant.Token);
        for (var i = 0; i < 6; i++)
            (await CeilingAsync(free)).ShouldBe((HttpStatusCode.OK, "\"authenticated\";q=300;w=60"));
    }

    [Fact]
    public async Task A_limit_that_is_none_stops_the_start_or_is_refused()
    {
        foreach (var limit in new[] { "RequestsPerMinute", "Users" })
            await Should.ThrowAsync<OptionsValidationException>(() => _host.StartNodeAsync(null, ($"Plans:none:{limit}", "0")));
        await Should.ThrowAsync<OptionsValidationException>(() => _host.StartNodeAsync(null, ("Plans:none:ApiKeys", "-1")));

        var refused = await _operator.SendAsync("PATCH", $"/api/v1/host/tenants/{_tenant.Id}", new { limits = new { requestsPerMinute = 0, apiKeys = -1 } });
        refused.Faults.ShouldBe(["/limits/requestsPerMinute out_of_range", "/limits/apiKeys out_of_range"], ignoreOrder: true);
    }

    [Fact]
    public async Task Usage_tells_the_same_to_the_host_and_to_the_tenant_s_admins_and_to_nobody_else()
    {
        var id = (await _tenant.Client.CreateAsync("companies", new { name = "One" }))["id"];
        await _tenant.Client.CreateAsync("companies", new { name = "Two" });
        await _tenant.Client.SendAsync("DELETE", $"/api/v1/companies/{id}");

        var usage = await UsageAsync();

        usage.ToJsonString().ShouldBe("""{"plan":"standard","limits":{"users":null,"records":null,"requestsPerMinute":null,"apiKeys":null},"users":{"active":1,"inactive":0},"records":{"company":{"live":1,"inTrash":1},"contact":{"live":0,"inTrash":0},"deal":{"live":0,"inTrash":0},"product":{"live":0,"inTrash":0}},"recordsTotal":2,"storageBytes":0}""");
        (await _operator.SendAsync("GET", $"/api/v1/host/tenants/{_tenant.Id}/usage")).Text.ShouldBe(usage.ToJsonString());
        (await _operator.SendAsync("GET", $"/api/v1/host/tenants/{Guid.NewGuid()}/usage")).Code.ShouldBe("not_found");
        (await (await _host.AddMemberAsync(_tenant, "member")).SendAsync("GET", "/api/v1/admin/usage")).Code.ShouldBe("permission_missing");
    }

    private Task<Answer> CreateAsync() => _tenant.Client.SendAsync("POST", "/api/v1/companies", new { name = $"C {Guid.NewGuid():N}" });

    private Task<Answer> CreateKeyAsync() => _tenant.Client.SendAsync("POST", "/api/v1/api-keys", new { name = "A program", scopes = new[] { "contacts:read" } });

    private static async Task<(HttpStatusCode, string)> CeilingAsync(HttpClient client)
    {
        var answer = await client.SendAsync("GET", "/api/v1/me");
        return (answer.Status, answer.Headers["RateLimit-Policy"].Split(", ")[^1]);
    }

    private Task<Answer> AcceptAsync(string token) =>
        _host.CreateClient().SendAsync("POST", "/api/v1/auth/invitations/accept", new { token, password = ApiHost.NewPassword() });

    private async Task<System.Text.Json.Nodes.JsonNode> UsageAsync() => (await _tenant.Client.SendAsync("GET", "/api/v1/admin/usage")).Body!;

    private static async Task<int?> LimitAsync(HttpClient client) => (await client.SendAsync("GET", "/api/v1/admin/usage")).Body!["limits"]!["records"]?.GetValue<int>();

    // Every node knows of it when this is over.
    private async Task PlanAsync(string plan, int limit, params HttpClient[] nodes)
    {
        (await _operator.SendAsync("PATCH", $"/api/v1/host/tenants/{_tenant.Id}", new { plan })).Status.ShouldBe(HttpStatusCode.OK);
        foreach (var node in nodes)
            await Until.ShouldBe(() => LimitAsync(node), l => l == limit, Known);
    }

    private async Task<string> MailAsync()
    {
        var token = Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
        await ExecuteAsync($"UPDATE one_time_links SET token_hash = sha256('{token}'::bytea), due_at = NULL, expires_at = now() + interval '10 minutes' WHERE invitation_id IS NOT NULL");
        return token;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_host.Database.SuperConnectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancellation);
    }
}
