using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using Crm.Api.Tests.Identity;
using Crm.Api.Tests.Imports;
using Crm.Application.Jobs;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Jobs;

/// <summary>An API that carries out no job by itself: the tests say when, and by how many workers.</summary>
public sealed class IdleFixture : IAsyncLifetime
{
    public ApiHost Api { get; private set; } = null!;

    public TestTenant Tenant { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Api = await ApiHost.StartAsync(("Jobs:Concurrency", "0"), ("Imports:ChunkSize", "20"), ("Access:CacheFor", "00:00:00"), ("MultiTenancy:CacheFor", "00:00:00"));
        Tenant = await Api.CreateTenantAsync("idle");
    }

    public ValueTask DisposeAsync() => Api.DisposeAsync();
}

public sealed class JobTests(IdleFixture fixture) : IClassFixture<IdleFixture>
{
    private const int Many = 3000;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    private readonly string _prefix = Guid.NewGuid().ToString("N")[..8];

    private HttpClient Client => fixture.Tenant.Client;

    private IJobWorker Worker => fixture.Api.Services.GetRequiredService<IJobWorker>();

    [Fact]
    public async Task A_job_waits_until_a_worker_takes_it()
    {
        var job = await EnqueueAsync(rows: 3);

        (await Client.JobAsync(job))["status"]!.GetValue<string>().ShouldBe("queued");
        (await Worker.WorkAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();
        (await Client.JobAsync(job)).Counts().ShouldBe("3/0/0/0");
        (await Worker.WorkAsync(TestContext.Current.CancellationToken)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_job_whose_worker_fell_silent_is_finished_by_another_without_a_row_done_twice()
    {
        var job = await EnqueueAsync(Many);
        var first = Task.Run(() => Worker.WorkAsync(CancellationToken.None), TestContext.Current.CancellationToken);
        await Until.ShouldBe(() => Client.JobAsync(job), j => Done(j) >= 100, Deadline);

        // The first worker is still at it, but as far as the queue knows it has died.
        await RunAsync("UPDATE job_queue SET available_at = clock_timestamp() - interval '1 second'");
        (await Worker.WorkAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();
        await first;

        var ended = await Client.JobAsync(job);
        ended["status"]!.GetValue<string>().ShouldBe("succeeded");
        ended.Counts().ShouldBe($"{Many}/0/0/0");
        Done(ended).ShouldBe(Many);
        (await ScalarAsync("SELECT fence FROM jobs WHERE id = $1", IdOf(job))).ShouldBe(2L);
        (await Client.CountAsync("products", $"filter[code][startsWith]={_prefix}-")).ShouldBe(Many);
        (await ScalarAsync("SELECT count(*) FROM changes WHERE correlation_id = $1", $"job:{IdOf(job):D}")).ShouldBe((long)Many);
        (await ScalarAsync("SELECT count(*) FROM job_queue WHERE job_id = $1", IdOf(job))).ShouldBe(0L);
    }

    [Fact]
    public async Task A_worker_that_fell_silent_tells_no_fault_a_second_time()
    {
        var job = await EnqueueAsync(Many, bad: true, dryRun: true);
        var first = Task.Run(() => Worker.WorkAsync(CancellationToken.None), TestContext.Current.CancellationToken);
        await Until.ShouldBe(() => Client.JobAsync(job), j => Done(j) >= 100, Deadline);

        await RunAsync("UPDATE job_queue SET available_at = clock_timestamp() - interval '1 second'");
        (await Worker.WorkAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();
        await first;

        (await Client.JobAsync(job)).Counts().ShouldBe($"0/0/{Many}/0");
        (await ScalarAsync("SELECT fence FROM jobs WHERE id = $1", IdOf(job))).ShouldBe(2L);
        (await ScalarAsync("SELECT count(*) FROM job_errors WHERE job_id = $1", IdOf(job))).ShouldBe((long)Many);
    }

    [Fact]
    public async Task A_row_refused_before_the_job_was_taken_up_again_gets_no_parent()
    {
        await Client.CreateAsync("companies", new { name = $"{_prefix} Parent" });
        var company = await Client.CreateAsync("companies", new { name = "Kept", domain = $"{_prefix}.example" });
        var job = (await Client.ImportAsync($"name,domain,staff,of\nKept,{_prefix}.example,many,{_prefix} Parent\n", "company", new
        {
            columns = new object[]
            {
                new { field = "name", column = "name" }, new { field = "domain", column = "domain" }, new { field = "employees", column = "staff" },
                new { field = "parentId", column = "of", lookup = "name" },
            },
            key = "domain",
        })).Headers["Location"];

        // As a worker leaves it that dies between the two passes.
        await RunAsync("""UPDATE jobs SET status = 'running', done = 1, total = 1, result = '{"created":0,"updated":0,"failed":1,"warnings":0}' WHERE id = $1""", IdOf(job));
        await RunAsync("INSERT INTO job_errors (tenant_id, job_id, row_number, position, severity, code, message) VALUES ($1, $2, 2, 1, 'error', 'invalid_type', 'No number.')", fixture.Tenant.Id, IdOf(job));
        await Worker.WorkAsync(TestContext.Current.CancellationToken);

        (await Client.JobAsync(job)).Counts().ShouldBe("0/0/1/0");
        (await Client.SendAsync("GET", $"/api/v1/companies/{company["id"]}")).Body!["parentId"].ShouldBeNull();
    }

    [Fact]
    public async Task A_worker_that_stops_in_good_order_gives_the_job_back_at_once()
    {
        var job = await EnqueueAsync(Many);
        using var stop = new CancellationTokenSource();
        var first = Task.Run(() => Worker.WorkAsync(stop.Token), TestContext.Current.CancellationToken);
        await Until.ShouldBe(() => Client.JobAsync(job), j => Done(j) >= 100, Deadline);

        await stop.CancelAsync();
        await first;
        var between = Done(await Client.JobAsync(job));
        between.ShouldBeLessThan(Many);
        (await ScalarAsync("SELECT claimed::int + deaths FROM job_queue WHERE job_id = $1", IdOf(job))).ShouldBe(0);
        (await Client.CountAsync("products", $"filter[code][startsWith]={_prefix}-")).ShouldBe(between);

        (await Worker.WorkAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();
        (await Client.JobAsync(job)).Counts().ShouldBe($"{Many}/0/0/0");
        (await Client.CountAsync("products", $"filter[code][startsWith]={_prefix}-")).ShouldBe(Many);
    }

    [Fact]
    public async Task A_waiting_job_is_cancelled_at_once()
    {
        var job = await EnqueueAsync(rows: 3);

        var cancelled = await Client.SendAsync("POST", job + "/cancel");
        cancelled.Status.ShouldBe(HttpStatusCode.OK, cancelled.Text);
        cancelled.Body!["status"]!.GetValue<string>().ShouldBe("cancelled");
        (await Client.SendAsync("POST", job + "/cancel")).Status.ShouldBe(HttpStatusCode.OK);

        (await Worker.WorkAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();
        (await Client.JobAsync(job))["status"]!.GetValue<string>().ShouldBe("cancelled");
        (await Client.CountAsync("products", $"filter[code][startsWith]={_prefix}-")).ShouldBe(0);
        (await ScalarAsync("SELECT count(*) FROM job_queue WHERE job_id = $1", IdOf(job))).ShouldBe(0L);
    }

    [Fact]
    public async Task A_running_job_that_is_cancelled_stops_and_keeps_what_it_has_done()
    {
        var job = await EnqueueAsync(Many);
        var work = Task.Run(() => Worker.WorkAsync(CancellationToken.None), TestContext.Current.CancellationToken);
        await Until.ShouldBe(() => Client.JobAsync(job), j => Done(j) >= 100, Deadline);

        (await Client.SendAsync("POST", job + "/cancel")).Status.ShouldBe(HttpStatusCode.OK);
        await work;

        var ended = await Client.JobAsync(job);
        ended["status"]!.GetValue<string>().ShouldBe("cancelled");
        ended["finishedAt"].ShouldNotBeNull();
        Done(ended).ShouldBeLessThan(Many);
        (await Client.CountAsync("products", $"filter[code][startsWith]={_prefix}-")).ShouldBe(Done(ended));
    }

    [Fact]
    public async Task A_job_that_has_ended_cannot_be_cancelled()
    {
        var job = await EnqueueAsync(rows: 1);
        await Worker.WorkAsync(TestContext.Current.CancellationToken);

        var answer = await Client.SendAsync("POST", job + "/cancel");

        (answer.Status, answer.Code).ShouldBe((HttpStatusCode.Conflict, "job_finished"));
    }

    [Fact]
    public async Task A_user_who_may_no_longer_write_ends_the_job()
    {
        var admin = await fixture.Api.AddMemberAsync(fixture.Tenant, "admin");
        var job = await EnqueueAsync(rows: 3, admin);
        var userId = (await admin.SendAsync("GET", "/api/v1/me")).Body!["user"]!["id"]!.GetValue<Guid>();
        await RunAsync("UPDATE memberships SET role_id = (SELECT r.id FROM roles r WHERE r.tenant_id = memberships.tenant_id AND r.name = 'viewer') WHERE id = $1", userId);

        await Worker.WorkAsync(TestContext.Current.CancellationToken);

        var ended = await Client.JobAsync(job);
        ended["status"]!.GetValue<string>().ShouldBe("failed");
        ended["result"]!["error"]!["code"]!.GetValue<string>().ShouldBe("permission_missing");
        (await Client.CountAsync("products", $"filter[code][startsWith]={_prefix}-")).ShouldBe(0);
    }

    [Fact]
    public async Task A_user_who_is_no_member_any_more_ends_the_job()
    {
        var admin = await fixture.Api.AddMemberAsync(fixture.Tenant, "admin");
        var job = await EnqueueAsync(rows: 3, admin);
        var userId = (await admin.SendAsync("GET", "/api/v1/me")).Body!["user"]!["id"]!.GetValue<Guid>();
        await RunAsync("UPDATE memberships SET active = false WHERE id = $1", userId);

        await Worker.WorkAsync(TestContext.Current.CancellationToken);

        (await Client.JobAsync(job))["result"]!["error"]!["code"]!.GetValue<string>().ShouldBe("membership_ended");
    }

    [Fact]
    public async Task Two_workers_never_take_the_same_job()
    {
        string[] jobs = [await EnqueueAsync(rows: 200, prefix: "w1"), await EnqueueAsync(rows: 200, prefix: "w2"), await EnqueueAsync(rows: 200, prefix: "w3")];

        var took = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => Worker.WorkAsync(CancellationToken.None))));

        took.Count(t => t).ShouldBe(3);
        foreach (var job in jobs)
            (await Client.JobAsync(job)).Counts().ShouldBe("200/0/0/0");
    }

    [Fact]
    public async Task An_entry_without_a_job_waits_and_is_dropped_in_the_end()
    {
        var id = Guid.CreateVersion7();
        await RunAsync("INSERT INTO job_queue (job_id, tenant_id, type) VALUES ($1, $2, 'import')", id, fixture.Tenant.Id);

        (await Worker.WorkAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();
        (await ScalarAsync("SELECT count(*) FROM job_queue WHERE job_id = $1 AND available_at > clock_timestamp() AND attempts = 0", id)).ShouldBe(1L);

        await RunAsync("UPDATE job_queue SET available_at = now() - interval '1 second', enqueued_at = now() - interval '1 hour' WHERE job_id = $1", id);
        (await Worker.WorkAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();
        (await ScalarAsync("SELECT count(*) FROM job_queue WHERE job_id = $1", id)).ShouldBe(0L);
    }

    [Fact]
    public async Task A_job_of_a_type_that_this_version_does_not_know_waits_for_one_that_does()
    {
        var job = await EnqueueAsync(rows: 3);
        await RunAsync("UPDATE job_queue SET type = 'later', attempts = 4 WHERE job_id = $1", IdOf(job));

        (await Worker.WorkAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();
        (await ScalarAsync("SELECT count(*) FROM job_queue WHERE job_id = $1 AND available_at > clock_timestamp() AND attempts = 4", IdOf(job))).ShouldBe(1L);

        await RunAsync("UPDATE job_queue SET type = 'import', available_at = clock_timestamp() WHERE job_id = $1", IdOf(job));
        (await Worker.WorkAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();
        (await Client.JobAsync(job)).Counts().ShouldBe("3/0/0/0");
    }

    [Fact]
    public async Task A_job_that_is_begun_too_often_is_given_up()
    {
        var job = await EnqueueAsync(rows: 3);
        await RunAsync("UPDATE job_queue SET attempts = 5 WHERE job_id = $1", IdOf(job));

        await Worker.WorkAsync(TestContext.Current.CancellationToken);

        (await Client.JobAsync(job))["result"]!["error"]!["code"]!.GetValue<string>().ShouldBe("gave_up");
    }

    [Fact]
    public async Task A_job_that_took_two_workers_down_is_given_up_and_counted()
    {
        var job = await EnqueueAsync(rows: 3);
        var counted = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Name == "crm.jobs.given_up")
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, n, tags, _) =>
        {
            if (tags.ToArray().Contains(new KeyValuePair<string, object?>("code", "workers_lost")))
                Interlocked.Add(ref counted, n);
        });
        listener.Start();

        // As the queue looks when a process dies with a claim, for the second time.
        await RunAsync("UPDATE job_queue SET claimed = true, deaths = 1, attempts = 2 WHERE job_id = $1", IdOf(job));
        (await Worker.WorkAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();

        var ended = await Client.JobAsync(job);
        ended["status"]!.GetValue<string>().ShouldBe("failed");
        ended["result"]!["error"]!["code"]!.GetValue<string>().ShouldBe("workers_lost");
        counted.ShouldBe(1);
        (await ScalarAsync("SELECT count(*) FROM job_queue WHERE job_id = $1", IdOf(job))).ShouldBe(0L);
    }

    [Fact]
    public async Task A_job_that_took_one_worker_down_is_tried_again()
    {
        var job = await EnqueueAsync(rows: 3);
        await RunAsync("UPDATE job_queue SET claimed = true, attempts = 1 WHERE job_id = $1", IdOf(job));

        await Worker.WorkAsync(TestContext.Current.CancellationToken);

        (await Client.JobAsync(job)).Counts().ShouldBe("3/0/0/0");
    }

    [Fact]
    public async Task A_cursor_serves_the_errors_of_its_own_job_only()
    {
        var (first, second) = (await EnqueueAsync(rows: 3, prefix: "", bad: true), await EnqueueAsync(rows: 3, prefix: "", bad: true));
        await Worker.WorkAsync(TestContext.Current.CancellationToken);
        await Worker.WorkAsync(TestContext.Current.CancellationToken);

        var page = await Client.SendAsync("GET", first + "/errors?limit=2");
        page.Body!["data"]!.AsArray().Count.ShouldBe(2);
        page.Body["page"]!["hasMore"]!.GetValue<bool>().ShouldBeTrue();
        var cursor = page.Body["page"]!["nextCursor"]!.GetValue<string>();

        (await Client.SendAsync("GET", $"{first}/errors?cursor={cursor}")).Body!["data"]!.AsArray().Count.ShouldBe(1);
        (await Client.SendAsync("GET", $"{second}/errors?cursor={cursor}")).Faults.ShouldBe(["cursor invalid_cursor"]);
        (await Client.SendAsync("GET", first + "/errors?limit=201")).Faults.ShouldBe(["limit out_of_range"]);
        (await Client.SendAsync("GET", first + "/errors?page=2")).Faults.ShouldBe(["page unknown_parameter"]);
    }

    private static int Done(System.Text.Json.Nodes.JsonNode job) => job["done"]!.GetValue<int>();

    private static Guid IdOf(string job) => Guid.Parse(job.Split('/')[^1], CultureInfo.InvariantCulture);

    private async Task<string> EnqueueAsync(int rows, HttpClient? client = null, string? prefix = null, bool bad = false, bool dryRun = false)
    {
        var csv = "code,name,price\n" + string.Join('\n', Enumerable.Range(1, rows).Select(i => $"{_prefix}{prefix}-{i},Thing {i},{(bad ? "bad" : "1")}"));
        var answer = await (client ?? Client).ImportAsync(csv, "product", new
        {
            columns = new object[] { new { field = "name", column = "name" }, new { field = "code", column = "code" }, new { field = "price", column = "price" } },
        }, dryRun ? "true" : null);
        answer.Status.ShouldBe(HttpStatusCode.Accepted, answer.Text);
        return answer.Headers["Location"];
    }

    private async Task RunAsync(string sql, params object[] values)
    {
        await using var source = NpgsqlDataSource.Create(fixture.Api.Database.SuperConnectionString);
        await using var command = source.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private async Task<object?> ScalarAsync(string sql, object value)
    {
        await using var source = NpgsqlDataSource.Create(fixture.Api.Database.SuperConnectionString);
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = value });
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
