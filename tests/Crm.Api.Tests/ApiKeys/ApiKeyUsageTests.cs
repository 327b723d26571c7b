using System.Collections.Concurrent;
using System.Net;
using System.Security.Claims;
using System.Text.Json.Nodes;
using Crm.Api.Tests.Imports;
using Crm.Application.ApiKeys;
using Crm.Application.Authorization;
using Crm.Application.Jobs;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.ApiKeys;

/// <summary>What keys were used for, and what of them stays behind.</summary>
public sealed class ApiKeyUsageTests(ApiKeyFixture api) : IClassFixture<ApiKeyFixture>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    private HttpClient Owner => api.Acme.Client;

    [Fact]
    public async Task After_a_clean_shutdown_the_counts_are_those_of_the_requests_made()
    {
        var key = await Owner.CreateKeyAsync();
        await using (var node = await api.A.StartNodeAsync(settings: [("Jobs:Concurrency", "0"), ("ApiKeys:UsageInterval", "00:01:00")]))
        {
            var client = node.WithKey(key.Secret);
            await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => client.SendAsync("GET", "/api/v1/contacts")));
            await Task.WhenAll(Enumerable.Range(0, 7).Select(_ => client.SendAsync("GET", $"/api/v1/contacts/{Guid.NewGuid()}")));
            await client.SendAsync("GET", "/api/v1/companies");
            await client.SendAsync("PUT", "/api/v1/companies");
        }

        var (entries, pages) = await ReadAsync(key, limit: 1);
        entries.GroupBy(e => $"{e["operation"]} {e["statusClass"]} {e["ipAddress"]}").ToDictionary(g => g.Key, g => g.Sum(e => (long)e["requests"]!)).ShouldBe(new Dictionary<string, long>
        {
            ["ListContacts 2 127.0.0.1"] = 40,
            ["GetContact 4 127.0.0.1"] = 7,
            ["ListCompanies 4 127.0.0.1"] = 1,
            ["none 4 127.0.0.1"] = 1,
        }, ignoreOrder: true);
        pages.ShouldBe(entries.Count);
        var record = (await Owner.SendAsync("GET", key.Path)).Body!;
        ((DateTime)record["lastUsedAt"]!).ShouldBeGreaterThan((DateTime)record["createdAt"]!);
        ((int)record["version"]!, (DateTime)record["updatedAt"]!).ShouldBe((1, (DateTime)record["createdAt"]!));
    }

    [Fact]
    public async Task Counts_are_written_while_the_node_runs_and_added_up()
    {
        var key = await Owner.CreateKeyAsync();
        for (var round = 1; round <= 2; round++)
        {
            (await api.B.WithKey(key.Secret).SendAsync("GET", "/api/v1/contacts")).Status.ShouldBe(HttpStatusCode.OK);
            await Until.ShouldBe(() => ReadAsync(key, 200), read => read.Entries.Sum(e => (long)e["requests"]!) == round, Soon);
        }
    }

    [Fact]
    public async Task A_cursor_of_another_list_is_refused()
    {
        var key = await Owner.CreateKeyAsync();

        (await Owner.SendAsync("GET", $"{key.Path}/usage?cursor=AAAA")).Faults.ShouldBe(["cursor invalid_cursor"]);
        (await Owner.SendAsync("GET", $"{key.Path}/usage?limit=0")).Faults.ShouldBe(["limit out_of_range"]);
    }

    [Fact]
    public async Task What_is_older_than_ninety_days_is_forgotten_when_more_is_written()
    {
        var key = await Owner.CreateKeyAsync();
        await api.ScalarAsync("INSERT INTO api_key_usage SELECT tenant_id, id, date_trunc('hour', now()) - d * interval '1 day', 'Old', 2, '', 1 FROM api_keys, unnest(ARRAY[89, 91]) d WHERE id = $1", key.Id);

        await api.B.WithKey(key.Secret).SendAsync("GET", "/api/v1/contacts");

        var read = await Until.ShouldBe(() => ReadAsync(key, 200), r => r.Entries.Any(e => (string)e["operation"]! == "ListContacts"), Soon);
        read.Entries.Count(e => (string)e["operation"]! == "Old").ShouldBe(1);
    }

    [Fact]
    public async Task Addresses_beyond_the_capacity_are_counted_together_and_nothing_is_lost()
    {
        await using var node = await api.A.StartNodeAsync(settings: [("Jobs:Concurrency", "0"), ("ApiKeys:UsageCapacity", "1"), ("ApiKeys:UsageInterval", "00:00:01")]);
        var key = await Owner.CreateKeyAsync();
        var usage = node.Services.GetRequiredService<IApiKeyUsage>();
        var access = Access(api.Acme.Id, key.Id);
        foreach (var address in new[] { "192.0.2.1", "::ffff:192.0.2.1", "192.0.2.2", "192.0.2.3" })
            usage.Count(access, IPAddress.Parse(address), "GetMe", 200);
        usage.Count(access, null, "GetMe", 204);

        var read = await Until.ShouldBe(() => ReadAsync(key, 200), r => r.Entries.Sum(e => (long)e["requests"]!) == 5, Soon);
        read.Entries.ShouldContain(e => e["ipAddress"] == null);
    }

    [Fact]
    public async Task What_cannot_be_written_is_counted_on_and_written_later()
    {
        var log = new Lines();
        await using var node = await api.A.StartNodeAsync(services => services.AddSingleton<ILoggerProvider>(log), ("Jobs:Concurrency", "0"), ("ApiKeys:UsageInterval", "00:00:01"));
        var key = await Owner.CreateKeyAsync();
        await api.ScalarAsync("ALTER TABLE api_key_usage ADD CONSTRAINT broken CHECK (operation <> 'Broken') NOT VALID");
        node.Services.GetRequiredService<IApiKeyUsage>().Count(Access(api.Acme.Id, key.Id), null, "Broken", 200);
        await Until.ShouldBe(
            () => Task.FromResult(log.Kept.Count(l => l.Contains("the counts are kept for the next time", StringComparison.Ordinal))),
            n => n > 1, Soon);

        await api.ScalarAsync("ALTER TABLE api_key_usage DROP CONSTRAINT broken");

        await Until.ShouldBe(() => ReadAsync(key, 200), r => r.Entries.Sum(e => (long)e["requests"]!) == 1, Soon);
    }

    [Fact]
    public async Task No_part_of_a_secret_stands_in_the_log_or_in_the_database()
    {
        var log = new Lines();
        TestKey key, rotated;
        await using (var node = await api.A.StartNodeAsync(services => services.AddSingleton<ILoggerProvider>(log).Configure<LoggerFilterOptions>(o => o.MinLevel = LogLevel.Trace), ("Jobs:Concurrency", "0")))
        {
            var owner = node.CreateClient();
            owner.DefaultRequestHeaders.Authorization = new("Bearer", api.Acme.Token);
            key = await owner.CreateKeyAsync();
            rotated = TestKey.Of((await owner.SendAsync("POST", key.Path + "/rotate", new { })).Body!);
            foreach (var secret in new[] { key.Secret, rotated.Secret })
            {
                await node.WithKey(secret).SendAsync("GET", "/api/v1/contacts");
                await node.WithKey(secret).SendAsync("GET", "/api/v1/companies");
                await node.CreateClient().SendAsync("GET", KeyUse.MePath, null, ("Authorization", $"Bearer {secret}"));
                await node.WithKey(secret[..^1]).SendAsync("GET", KeyUse.MePath);
            }

            await owner.SendAsync("DELETE", key.Path);
        }

        log.Kept.Count.ShouldBeGreaterThan(100);
        foreach (var secret in new[] { key.Secret, rotated.Secret })
        {
            log.Kept.ShouldNotContain(line => line.Contains(secret.Substring(13, 10), StringComparison.Ordinal));
            var tables = (string[])(await api.ScalarAsync("SELECT array_agg(oid::regclass::text) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"))!;
            foreach (var table in tables)
                (await api.ScalarAsync($"SELECT count(*) FROM {table} t WHERE strpos(t::text, $1) > 0", secret.Substring(13, 10))).ShouldBe(0L, table);
        }
    }

    [Fact]
    public async Task A_job_begun_with_a_key_does_what_the_key_may_and_ends_with_it()
    {
        var worker = api.A.Services.GetRequiredService<IJobWorker>();
        var key = await Owner.CreateKeyAsync(["imports:write", "imports:read", "companies:write", "companies:read"]);
        var client = api.A.WithKey(key.Secret);
        var mapping = new { columns = new[] { new { column = "name", field = "name" } } };
        var done = await client.ImportAsync("name\nBy job", "company", mapping);
        done.Status.ShouldBe(HttpStatusCode.Accepted, done.Text);
        (await worker.WorkAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();
        ((string)(await client.EndOfAsync(done.Headers["Location"]))["status"]!).ShouldBe("succeeded");
        (await api.ScalarAsync("SELECT actor_type || ' ' || actor_id FROM changes WHERE record_type = 'company' AND fields -> 'name' ->> 'to' = $1", "By job")).ShouldBe($"api_key {key.Id}");

        var late = await client.ImportAsync("name\nToo late", "company", mapping);
        await Owner.SendAsync("DELETE", key.Path);
        var access = api.A.Services.GetRequiredService<IApiKeyAccess>();
        await Until.ShouldBe(() => access.ReadAsync(api.Acme.Id, key.Id, TestContext.Current.CancellationToken), a => a is null, Soon);
        await worker.WorkAsync(TestContext.Current.CancellationToken);
        (await access.ReadAsync(api.Acme.Id, Guid.CreateVersion7(), TestContext.Current.CancellationToken)).ShouldBeNull();
        var job = await Owner.JobAsync(late.Headers["Location"]);
        ((string)job["status"]!, (string)job["result"]!["error"]!["code"]!).ShouldBe(("failed", "invalid_api_key"));
    }

    private async Task<(IReadOnlyList<JsonNode> Entries, int Pages)> ReadAsync(TestKey key, int limit)
    {
        var (entries, pages, cursor) = (new List<JsonNode>(), 0, "");
        do
        {
            var page = await Owner.SendAsync("GET", $"{key.Path}/usage?limit={limit}{cursor}");
            page.Status.ShouldBe(HttpStatusCode.OK, page.Text);
            entries.AddRange(page.Body!["data"]!.AsArray()!);
            pages++;
            cursor = page.Body["page"]!["nextCursor"] is { } next ? $"&cursor={next}" : "";
        }
        while (cursor.Length > 0);
        return (entries, pages);
    }

    private static ApiKeyAccess Access(Guid tenantId, Guid id) => new(id, tenantId, Guid.Empty, new MemberAccess("owner", new HashSet<string>()), new ClaimsPrincipal());

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Kept { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Kept.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
            // There is nothing to let go of.
        }
    }
}
