using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Crm.Api.Tests.ApiKeys;
using Crm.Api.Tests.Identity;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Audit;

public sealed class AuditTests(AuditFixture fixture) : IClassFixture<AuditFixture>
{
    private const string Path = "/api/v1/admin/audit";
    private const string HostPath = "/api/v1/host/audit";

    private ApiHost Api => fixture.Api;

    [Fact]
    public async Task A_change_tells_who_did_what_to_which_field_when_and_from_where()
    {
        var tenant = await fixture.NewTenantAsync();
        var before = DateTime.UtcNow.AddMinutes(-1);
        var company = await tenant.Client.CreateAsync("companies", new { name = "Before", tags = new[] { "a" } });
        (await tenant.Client.SendAsync("PATCH", $"/api/v1/companies/{company["id"]}", new { name = "After", tags = new[] { "b" } }, ("X-Correlation-Id", "my-trace"))).Status.ShouldBe(HttpStatusCode.OK);

        var entry = (await ListAsync(tenant.Client, $"recordId={company["id"]}&action=updated")).ShouldHaveSingleItem();

        entry["recordType"]!.GetValue<string>().ShouldBe("company");
        entry["version"]!.GetValue<int>().ShouldBe(2);
        entry["changes"]!["name"]!.ToJsonString().ShouldBe("""{"from":"Before","to":"After"}""");
        entry["changes"]!["tags"]!.ToJsonString().ShouldBe("""{"from":["a"],"to":["b"]}""");
        entry["details"].ShouldBeNull();
        entry["actor"]!["type"]!.GetValue<string>().ShouldBe("user");
        (await tenant.Client.SendAsync("GET", "/api/v1/me")).Body!["user"]!["id"]!.GetValue<string>().ShouldBe(entry["actor"]!["id"]!.GetValue<string>());
        entry["origin"]!.GetValue<string>().ShouldBe("UpdateCompany");
        entry["address"]!.GetValue<string>().ShouldBe("127.0.0.1");
        entry["correlationId"]!.GetValue<string>().ShouldBe("my-trace");
        entry["at"]!.GetValue<DateTime>().ShouldBeGreaterThan(before);
        var sessions = (await tenant.Client.SendAsync("GET", "/api/v1/me/sessions")).Body!["data"]!.AsArray();
        sessions.Select(s => s!["id"]!.GetValue<string>()).ShouldContain(entry["sessionId"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_change_made_through_an_aggregate_tells_from_where_too()
    {
        var tenant = await fixture.NewTenantAsync();
        var stages = (await tenant.Client.SendAsync("GET", "/api/v1/stages?sort=position")).Body!["data"]!.AsArray();
        var deal = await tenant.Client.CreateAsync("deals", new { name = "Moved" });
        await tenant.Client.SendAsync("POST", $"/api/v1/deals/{deal["id"]}/move", new { stageId = (Guid)stages[1]!["id"]! });

        var entry = (await ListAsync(tenant.Client, $"recordId={deal["id"]}&origin=MoveDeal")).ShouldHaveSingleItem();
        entry["address"]!.GetValue<string>().ShouldBe("127.0.0.1");
        entry["sessionId"].ShouldNotBeNull();
    }

    [Fact]
    public async Task Each_filter_finds_what_fits_and_nothing_else()
    {
        var tenant = await fixture.NewTenantAsync();
        var created = await tenant.Client.SendAsync("POST", "/api/v1/companies", new { name = "Filtered" }, ("X-Correlation-Id", "only-this"));
        var id = created.Body!["id"]!.GetValue<string>();
        var at = (await ListAsync(tenant.Client, $"recordId={id}")).Single()["at"]!.GetValue<string>();
        (await tenant.Client.SendAsync("PATCH", $"/api/v1/companies/{id}", new { name = "Found" })).Status.ShouldBe(HttpStatusCode.OK);
        var owner = (await tenant.Client.SendAsync("GET", "/api/v1/me")).Body!["user"]!["id"]!.GetValue<string>();

        foreach (var (filter, holds) in new (string, Func<JsonNode, bool>)[]
        {
            ($"actor={owner}", e => (string?)e["actor"]!["id"] == owner),
            ("action=created", e => (string?)e["action"] == "created"),
            ("action=created,sign_in_succeeded", e => (string?)e["action"] is "created" or "sign_in_succeeded"),
            ("action=sign_in_succeeded", e => (string?)e["action"] == "sign_in_succeeded"),
            ("recordType=company", e => (string?)e["recordType"] == "company"),
            ($"recordId={id}", e => (string?)e["recordId"] == id),
            ($"from={at}", e => string.CompareOrdinal((string?)e["at"], at) >= 0),
            ($"to={at}", e => string.CompareOrdinal((string?)e["at"], at) < 0),
            ("address=127.0.0.1", e => (string?)e["address"] == "127.0.0.1"),
            ("correlationId=only-this", e => (string?)e["correlationId"] == "only-this"),
            ("origin=SignIn", e => (string?)e["origin"] == "SignIn"),
        })
        {
            var all = await ListAsync(tenant.Client, "limit=200");
            var found = await ListAsync(tenant.Client, "limit=200&" + filter);
            found.ShouldNotBeEmpty(filter);
            found.Select(e => (string?)e["id"]).ShouldBe(all.Where(holds).Select(e => (string?)e["id"]), filter);
            found.Count.ShouldBeLessThan(all.Count, filter);
        }

        (await ListAsync(tenant.Client, "address=192.0.2.1")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Pages_follow_one_another_newest_first_and_their_cursors_are_bound_to_tenant_and_question()
    {
        var (tenant, other) = (await fixture.NewTenantAsync(), await fixture.NewTenantAsync());
        var all = (await ListAsync(tenant.Client, "limit=200")).Select(e => (string?)e["id"]).ToList();
        var paged = new List<string?>();
        var first = await tenant.Client.SendAsync("GET", $"{Path}?limit=2");
        var cursor = first.Body!["page"]!["nextCursor"]!.GetValue<string>();
        for (var page = first; ; page = await tenant.Client.SendAsync("GET", $"{Path}?limit=2&cursor={(string?)page.Body!["page"]!["nextCursor"]}"))
        {
            paged.AddRange(page.Body!["data"]!.AsArray().Select(e => (string?)e!["id"]));
            if (page.Body["page"]!["nextCursor"] is null)
                break;
        }

        paged.ShouldBe(all);
        foreach (var refused in new[] { await other.Client.SendAsync("GET", $"{Path}?limit=2&cursor={cursor}"), await tenant.Client.SendAsync("GET", $"{Path}?action=created&cursor={cursor}") })
            refused.Faults.ShouldBe(["cursor invalid_cursor"]);
    }

    [Fact]
    public async Task All_faults_of_a_question_are_told_at_once() =>
        (await (await fixture.NewTenantAsync()).Client.SendAsync("GET", $"{Path}?actor=x&recordId=1&from=yesterday&address=nowhere&origin=&limit=0&action={string.Join(',', Enumerable.Repeat("a", 21))}")).Faults.ShouldBe(
            ["actor invalid_type", "recordId invalid_type", "from invalid_type", "address invalid_type", "origin invalid_text", "limit out_of_range", "action too_many"], ignoreOrder: true);

    [Fact]
    public async Task Owners_and_admins_read_the_log_and_nobody_else_does()
    {
        var tenant = await fixture.NewTenantAsync();
        foreach (var (role, status) in new[] { ("owner", HttpStatusCode.OK), ("admin", HttpStatusCode.OK), ("member", HttpStatusCode.Forbidden), ("viewer", HttpStatusCode.Forbidden) })
            (await (await Api.AddMemberAsync(tenant, role)).SendAsync("GET", Path)).Status.ShouldBe(status, role);
        (await tenant.Client.SendAsync("GET", HostPath)).Code.ShouldBe("host_only");
        (await (await Api.CreateOperatorAsync()).SendAsync("GET", Path)).Code.ShouldBe("permission_missing");
    }

    [Fact]
    public async Task A_sign_in_stands_in_the_tenants_log_with_address_device_and_session_and_a_failed_one_in_the_hosts()
    {
        var tenant = await fixture.NewTenantAsync();
        using var client = Api.CreateClient();
        client.DefaultRequestHeaders.UserAgent.ParseAdd("Loom/1.0");
        (await client.PostAsJsonAsync("/api/v1/auth/sign-in", new { email = tenant.Email, password = tenant.Password }, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.PostAsJsonAsync("/api/v1/auth/sign-in", new { email = tenant.Email, password = ApiHost.NewPassword() }, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        var signedIn = (await ListAsync(tenant.Client, "action=sign_in_succeeded"))[0];
        signedIn["recordType"]!.GetValue<string>().ShouldBe("user");
        signedIn["version"].ShouldBeNull();
        signedIn["changes"].ShouldBeNull();
        signedIn["address"]!.GetValue<string>().ShouldBe("127.0.0.1");
        signedIn["details"]!["userAgent"]!.GetValue<string>().ShouldBe("Loom/1.0");
        signedIn["sessionId"]!.GetValue<string>().ShouldBe(signedIn["details"]!["sessionId"]!.GetValue<string>());
        signedIn["correlationId"].ShouldNotBeNull();
        signedIn["actor"]!["type"]!.GetValue<string>().ShouldBe("user");
        signedIn["actor"]!["id"]!.GetValue<string>().ShouldBe(signedIn["recordId"]!.GetValue<string>());
        (await ListAsync(tenant.Client, $"action=sign_in_succeeded&actor={signedIn["recordId"]}"))[0]["id"]!.GetValue<string>().ShouldBe(signedIn["id"]!.GetValue<string>());

        var operators = await Api.CreateOperatorAsync();
        var failed = (await ListAsync(operators, $"action=sign_in_failed&recordId={signedIn["recordId"]}", HostPath)).ShouldHaveSingleItem();
        failed["details"]!["code"]!.GetValue<string>().ShouldBe("invalid_credentials");
        failed["address"]!.GetValue<string>().ShouldBe("127.0.0.1");
        (await ListAsync(operators, "recordType=tenant&action=tenant_created", HostPath)).Select(e => (string?)e["origin"]).Distinct().ShouldBe(["CreateTenant"]);
    }

    [Fact]
    public async Task Refusals_are_counted_for_each_caller_request_and_code_and_written_when_the_system_stops()
    {
        var tenant = await fixture.NewTenantAsync();
        var other = await fixture.NewTenantAsync();
        var foreign = (await other.Client.CreateAsync("contacts", new { lastName = "Foreign" }))["id"];
        await using (var node = await Api.StartNodeAsync(null, ("Audit:FlushInterval", "01:00:00"), ("Audit:SealInterval", "01:00:00")))
        {
            var viewer = await node.AddMemberAsync(tenant, "viewer");
            for (var i = 0; i < 5; i++)
                (await viewer.SendAsync("POST", "/api/v1/contacts", new { lastName = "Refused" })).Status.ShouldBe(HttpStatusCode.Forbidden);
            foreach (var id in new[] { foreign!.ToString(), Guid.CreateVersion7().ToString(), "no-id" })
                (await viewer.SendAsync("GET", $"/api/v1/contacts/{id}")).Status.ShouldBe(HttpStatusCode.NotFound);
            (await viewer.SendAsync("GET", "/api/v1/contacts", null, ("X-Tenant", other.Identifier))).Code.ShouldBe("tenant_mismatch");
            (await viewer.SendAsync("GET", HostPath)).Code.ShouldBe("host_only");
            (await ListAsync(tenant.Client, "action=access_denied")).ShouldBeEmpty();
        }

        var denied = await ListAsync(tenant.Client, "action=access_denied");
        denied.Select(e => $"{e["origin"]} {e["details"]!["code"]} {e["details"]!["count"]}").ShouldBe(
            ["CreateContact permission_missing 5", "GetContact not_found 3", "ListContacts tenant_mismatch 1", "ListHostAuditEntries host_only 1"], ignoreOrder: true);
        denied.ShouldAllBe(e => e["recordId"] == null && (string?)e["recordType"] == "access" && (string?)e["address"] == "127.0.0.1" && e["sessionId"] != null && e["actor"]!["id"] != null);
        denied.ShouldAllBe(e => !e.ToJsonString().Contains(foreign.ToString(), StringComparison.Ordinal));
        (await ListAsync(other.Client, "action=access_denied")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Refusals_are_written_while_the_system_runs()
    {
        var tenant = await fixture.NewTenantAsync();
        await using var node = await Api.StartNodeAsync(null, ("Audit:FlushInterval", "00:00:00.100"), ("Audit:SealInterval", "01:00:00"));
        await (await node.AddMemberAsync(tenant, "viewer")).SendAsync("DELETE", $"/api/v1/contacts/{Guid.CreateVersion7()}");

        await Until.ShouldBe(() => ListAsync(tenant.Client, "action=access_denied"), entries => entries.Count == 1, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_refusal_of_an_API_key_names_the_key()
    {
        var tenant = await fixture.NewTenantAsync();
        var key = await tenant.Client.CreateKeyAsync();
        await using (var node = await Api.StartNodeAsync(null, ("Audit:FlushInterval", "01:00:00"), ("Audit:SealInterval", "01:00:00")))
            (await node.WithKey(key.Secret).SendAsync("GET", "/api/v1/deals")).Code.ShouldBe("permission_missing");

        (await ListAsync(tenant.Client, $"action=access_denied&actor={key.Id}")).ShouldHaveSingleItem()["actor"]!.ToJsonString().ShouldBe($$"""{"type":"api_key","id":"{{key.Id}}"}""");
    }

    [Fact]
    public async Task What_could_not_be_written_is_written_later()
    {
        var tenant = await fixture.NewTenantAsync();
        await using var node = await Api.StartNodeAsync(null, ("Audit:FlushInterval", "00:00:00.100"), ("Audit:SealInterval", "01:00:00"));
        await fixture.RunAsync("ALTER TABLE changes ADD CONSTRAINT ck_no_denials CHECK (action <> 'access_denied') NOT VALID");
        await (await node.AddMemberAsync(tenant, "viewer")).SendAsync("DELETE", $"/api/v1/contacts/{Guid.CreateVersion7()}");
        await node.Services.GetServices<IHostedService>().Single(s => s.GetType().Name == "EventCountsWriter").StopAsync(TestContext.Current.CancellationToken);
        (await ListAsync(tenant.Client, "action=access_denied")).ShouldBeEmpty();

        await fixture.RunAsync("ALTER TABLE changes DROP CONSTRAINT ck_no_denials");
        await node.Services.GetServices<IHostedService>().Single(s => s.GetType().Name == "EventCountsWriter").StopAsync(TestContext.Current.CancellationToken);

        (await ListAsync(tenant.Client, "action=access_denied")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Failed_sign_ins_beyond_the_bound_are_counted_in_one_entry()
    {
        await using var api = await ApiHost.StartAsync(("Audit:FailuresPerMinute", "2"), ("Audit:FlushInterval", "01:00:00"), ("Audit:SealInterval", "01:00:00"));
        await using var superuser = NpgsqlDataSource.Create(api.Database.SuperConnectionString);
        await using (var node = await api.StartNodeAsync(null, ("Audit:FailuresPerMinute", "2"), ("Audit:FlushInterval", "01:00:00")))
        {
            for (var i = 0; i < 6; i++)
                await node.CreateClient().SendAsync("POST", "/api/v1/auth/sign-in", new { email = $"nobody-{i}@x.example", password = "x" });
        }

        await using var read = superuser.CreateCommand("SELECT sum(coalesce((fields ->> 'count')::integer, 1)), count(*), count(*) FILTER (WHERE subject = 'access') FROM host_changes WHERE action = 'sign_in_failed'");
        await using var reader = await read.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        await reader.ReadAsync(TestContext.Current.CancellationToken);
        (reader.GetInt64(0), reader.GetInt64(2)).ShouldBe((6, 1));

        // A minute may end in between, and then two more have an entry of their own.
        reader.GetInt64(1).ShouldBeInRange(3, 5);
    }

    [Fact]
    public async Task An_entry_keeps_unreadable_fields_and_records_beyond_the_scope_to_itself()
    {
        var tenant = await fixture.NewTenantAsync();
        var me = (await tenant.Client.SendAsync("GET", "/api/v1/me")).Body!["user"]!["id"]!.GetValue<Guid>();
        var own = await tenant.Client.CreateAsync("deals", new { name = "Own", ownerId = me, amount = new { amount = "10.00", currency = "EUR" } });
        var others = await tenant.Client.CreateAsync("deals", new { name = "Others" });

        var entries = await RestrictedReading.ListAsync(Api, tenant, me);

        entries.Single(e => e.RecordId == Guid.Parse(own["id"]!.GetValue<string>())).Changes!.Keys.ShouldContain("name");
        entries.Single(e => e.RecordId == Guid.Parse(own["id"]!.GetValue<string>())).Changes!.Keys.ShouldNotContain("amount");
        entries.ShouldNotContain(e => e.RecordId == Guid.Parse(others["id"]!.GetValue<string>()));
        entries.ShouldContain(e => e.RecordType == "pipeline");
    }

    private static async Task<IReadOnlyList<JsonNode>> ListAsync(HttpClient client, string query, string path = Path)
    {
        var answer = await client.SendAsync("GET", $"{path}?{query}");
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        return [.. answer.Body!["data"]!.AsArray().Select(e => e!)];
    }
}
