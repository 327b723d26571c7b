using System.Collections.Concurrent;
using Crm.Infrastructure.ChangeLog;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.ChangeLog;

public sealed class LogReaderTests(LogReaderFixture fixture) : IClassFixture<LogReaderFixture>
{
    private const string Insert = """
        INSERT INTO changes (tenant_id, id, record_type, record_id, version, action, actor_type, origin, fields)
        VALUES ($1, gen_random_uuid(), 'company', $2, 1, 'created', 'system', 'Test', '{}')
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private LogReading Reading => fixture.Api.Services.GetRequiredService<LogReading>();

    private LogQueue Queue => fixture.Api.Services.GetRequiredService<LogQueue>();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_commits_when_each_reader_gets_each_committed_entry_once_and_those_of_a_record_in_order(int seed)
    {
        var tenants = new[] { await fixture.NewTenantAsync(), await fixture.NewTenantAsync(), await fixture.NewTenantAsync() };
        await using var other = await fixture.Api.StartNodeAsync(null, ("Audit:SealInterval", "01:00:00"));
        var readers = new[] { new Recorder($"first-{seed}", batchSize: 7), new Recorder($"second-{seed}", batchSize: 50) };
        using var written = new CancellationTokenSource();
        var reading = new[] { Reading, other.Services.GetRequiredService<LogReading>() }.SelectMany(node => readers.Select(async reader =>
        {
            while (!written.IsCancellationRequested)
                await node.ReadAsync(reader, Cancellation);
        })).ToList();

        // One transaction is open all the while, and commits last.
        await using var slow = await fixture.Superuser.OpenConnectionAsync(Cancellation);
        await using var longest = await slow.BeginTransactionAsync(Cancellation);
        await InsertAsync(slow, tenants[0], Guid.NewGuid());
        await Task.WhenAll(Enumerable.Range(0, 6).Select(writer => WriteAsync(tenants, new Random((seed * 100) + writer))));
        await InsertAsync(slow, tenants[0], Guid.NewGuid());
        await longest.CommitAsync(Cancellation);
        await written.CancelAsync();
        await Task.WhenAll(reading);

        foreach (var reader in readers)
        {
            await ReadUpAsync(reader);
            foreach (var tenant in tenants)
            {
                var handled = await fixture.IdsAsync(
                    "SELECT id FROM handled WHERE reader = $1 AND log = $2 ORDER BY place", reader.Name, tenant.ToString());
                var committed = await fixture.IdsAsync("SELECT id FROM changes WHERE tenant_id = $1 ORDER BY transaction_id, sequence", tenant);
                handled.ShouldBe(committed);
            }

            var host = await fixture.IdsAsync("SELECT id FROM handled WHERE reader = $1 AND log = 'host' ORDER BY place", reader.Name);
            host.ShouldBe(await fixture.IdsAsync("SELECT id FROM host_changes ORDER BY transaction_id, sequence"));
            (await fixture.ScalarAsync<long>("""
                WITH read AS (
                    SELECT c.sequence, lag(c.sequence) OVER (PARTITION BY c.tenant_id, c.record_id ORDER BY h.place) AS before
                    FROM handled h JOIN changes c ON c.id = h.id WHERE h.reader = $1)
                SELECT count(*) FROM read WHERE sequence < before
                """, reader.Name)).ShouldBe(0, "no record's history is read backwards");
        }
    }

    [Fact]
    public async Task A_node_that_was_paused_cannot_advance_a_log_that_another_has_taken_over()
    {
        foreach (var delivery in new[] { LogDelivery.ExactlyOnce, LogDelivery.AtLeastOnce })
        {
            var tenant = await fixture.NewTenantAsync();
            await fixture.ExecuteAsync(Insert, tenant, Guid.NewGuid());
            var reader = new Recorder($"paused-{delivery}", batchSize: 3) { Delivers = delivery };
            await Until.ShouldBe(() => UnreadAsync(reader, tenant), unread => unread, TimeSpan.FromSeconds(30));
            var paused = await ClaimAsync(reader, tenant);

            // Its lease ends, and another node takes the log and reads it.
            await fixture.ExecuteAsync("UPDATE log_queue SET available_at = clock_timestamp() WHERE reader = $1", reader.Name);
            await ReadUpAsync(reader);
            var (place, handled) = (await PlaceAsync(reader, tenant), await HandledAsync(reader, tenant));
            await fixture.ExecuteAsync(Insert, tenant, Guid.NewGuid());

            (await Reading.TakeTurnAsync(reader, paused, Cancellation)).ShouldBe(0);

            (await PlaceAsync(reader, tenant)).ShouldBe(place);
            (await HandledAsync(reader, tenant)).ShouldBe(handled);
            await Queue.ReleaseAsync(paused, ulong.MaxValue, Cancellation);
            await ReadUpAsync(reader);
            (await HandledAsync(reader, tenant)).ShouldBe(handled + 1, "what the paused node says of the queue counts for nothing either");
        }
    }

    [Fact]
    public async Task A_node_that_loses_a_log_while_it_handles_a_batch_stores_no_cursor()
    {
        var tenant = await fixture.NewTenantAsync();
        var reader = new Recorder("overtaken", batchSize: 1000) { Delivers = LogDelivery.AtLeastOnce };
        await Until.ShouldBe(() => UnreadAsync(reader, tenant), unread => unread, TimeSpan.FromSeconds(30));
        var first = await ClaimAsync(reader, tenant);
        reader.BeforeHandling = async () =>
        {
            reader.BeforeHandling = null;
            await fixture.ExecuteAsync(
                "UPDATE log_queue SET available_at = clock_timestamp() WHERE reader = $1 AND tenant_id = $2", reader.Name, tenant);
            await Reading.ReadAsync(reader, Cancellation);
        };

        await Reading.TakeTurnAsync(reader, first, Cancellation);

        var entries = await fixture.ScalarAsync<long>("SELECT count(*) FROM changes WHERE tenant_id = $1", tenant);
        var fence = await fixture.ScalarAsync<long>("SELECT fence FROM log_cursors WHERE reader = $1 AND tenant_id = $2", reader.Name, tenant);
        fence.ShouldBe(first.Fence + 1);
        (await HandledAsync(reader, tenant)).ShouldBe(2 * entries, "both handled the batch: at least once");
    }

    [Fact]
    public async Task A_node_that_stops_gives_the_log_back_at_once()
    {
        var tenant = await fixture.NewTenantAsync();
        using var stop = new CancellationTokenSource();
        var reader = new Recorder("stopping", batchSize: 1000) { BeforeHandling = stop.CancelAsync };
        await Until.ShouldBe(() => UnreadAsync(reader, tenant), unread => unread, TimeSpan.FromSeconds(30));
        var claim = await ClaimAsync(reader, tenant);

        (await Reading.TakeTurnAsync(reader, claim, stop.Token)).ShouldBe(0);

        (await HandledAsync(reader, tenant)).ShouldBe(0);
        reader.BeforeHandling = null;
        (await Reading.TakeTurnAsync(reader, await ClaimAsync(reader, tenant), Cancellation)).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_batch_whose_handling_fails_leaves_nothing_behind_waits_and_delays_no_other_log()
    {
        var (broken, other) = (await fixture.NewTenantAsync(), await fixture.NewTenantAsync());
        var reader = new Recorder("failing", batchSize: 2) { FailsFor = broken };

        await Until.ShouldBe(async () =>
        {
            await Reading.ReadAsync(reader, Cancellation);
            return (await HandledAsync(reader, other), await FailingAsync(reader));
        }, found => found.Item1 > 0 && found.Item2 == 1, TimeSpan.FromSeconds(30));
        (await HandledAsync(reader, broken)).ShouldBe(0);

        reader.FailsFor = null;
        await fixture.ExecuteAsync("UPDATE log_queue SET available_at = clock_timestamp() WHERE reader = $1", reader.Name);
        await ReadUpAsync(reader);
        (await HandledAsync(reader, broken)).ShouldBeGreaterThan(0);
        (await FailingAsync(reader)).ShouldBe(0);
    }

    [Fact]
    public async Task The_lag_counts_what_is_committed_and_not_read_also_behind_a_long_transaction()
    {
        var tenant = await fixture.NewTenantAsync();
        var reader = new Recorder("lagging", batchSize: 100);
        await ReadUpAsync(reader);
        (await Reading.LagAsync(reader.Name, Cancellation)).ShouldBe((0, 0));

        await using var slow = await fixture.Superuser.OpenConnectionAsync(Cancellation);
        await using var transaction = await slow.BeginTransactionAsync(Cancellation);
        await InsertAsync(slow, tenant, Guid.NewGuid());
        for (var i = 0; i < 5; i++)
            await fixture.ExecuteAsync(Insert, tenant, Guid.NewGuid());
        await Reading.ReadAsync(reader, Cancellation);

        var (entries, seconds) = await Reading.LagAsync(reader.Name, Cancellation);
        entries.ShouldBe(5, "what the slow one may still put before them keeps them waiting");
        seconds.ShouldBeGreaterThan(0);

        await transaction.CommitAsync(Cancellation);
        await ReadUpAsync(reader);
    }

    [Fact]
    public async Task A_commit_wakes_the_readers_of_its_process_which_measure_their_lag()
    {
        var reader = new Recorder("woken", batchSize: 100) { Interval = TimeSpan.FromMinutes(10) };
        var tenant = await fixture.Api.CreateTenantAsync("woken");
        var lags = new ConcurrentDictionary<string, double>();
        using var listener = new System.Diagnostics.Metrics.MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument is { Meter.Name: "Crm", Name: "crm.log.lag" })
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) => lags[(string)tags[0].Value!] = value);
        listener.Start();
        using var service = ActivatorUtilities.CreateInstance<LogReaderService<Recorder>>(fixture.Api.Services, reader);
        await service.StartAsync(Cancellation);

        await Until.ShouldBe(async () =>
        {
            await tenant.Client.CreateAsync("companies", new { name = "Woken" });
            return (await HandledAsync(reader, tenant.Id), lags.ContainsKey("woken"));
        }, found => found.Item1 > 0 && found.Item2, TimeSpan.FromSeconds(30));

        await service.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_reader_of_a_database_with_a_long_past_looks_at_every_log()
    {
        var tenant = await fixture.NewTenantAsync();
        var name = "late";
        await Queue.EnqueueAsync(name, 0, LogQueue.LongestSearch + 1, Cancellation);

        (await fixture.ScalarAsync<long>("SELECT count(*) FROM log_queue WHERE reader = $1 AND tenant_id = $2", name, tenant)).ShouldBe(1);
        (await fixture.ScalarAsync<long>("SELECT count(*) - (SELECT count(*) FROM tenants) FROM log_queue WHERE reader = $1", name))
            .ShouldBe(1, "all tenants and the host");
    }

    [Fact]
    public async Task New_entries_are_found_by_an_index_and_not_by_reading_the_log()
    {
        await using var connection = await fixture.Superuser.OpenConnectionAsync(Cancellation);
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);
        await using var plan = new NpgsqlCommand("""
            GRANT crm_directory TO CURRENT_USER; SET LOCAL ROLE crm_directory; SET LOCAL enable_seqscan = off;
            EXPLAIN SELECT DISTINCT tenant_id FROM changes WHERE transaction_id >= '1000' AND transaction_id < '2000'
            """, connection, transaction);
        await using var reader = await plan.ExecuteReaderAsync(Cancellation);
        var lines = new List<string>();
        while (await reader.ReadAsync(Cancellation))
            lines.Add(reader.GetString(0));

        lines.ShouldContain(line => line.Contains("Index Cond: ((transaction_id >=", StringComparison.Ordinal), string.Join('\n', lines));
    }

    private static async Task InsertAsync(NpgsqlConnection connection, Guid tenant, Guid record)
    {
        await using var command = new NpgsqlCommand(Insert, connection);
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = tenant }, new() { Value = record } });
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    // Transactions of any length over few records; every fourth is rolled back.
    private async Task WriteAsync(Guid[] tenants, Random random)
    {
        var records = Enumerable.Range(0, 4).Select(_ => Guid.NewGuid()).ToArray();
        await using var connection = await fixture.Superuser.OpenConnectionAsync(Cancellation);
        for (var i = 0; i < 25; i++)
        {
            await using var transaction = await connection.BeginTransactionAsync(Cancellation);
            var tenant = tenants[random.Next(tenants.Length)];
            for (var entry = random.Next(1, 6); entry > 0; entry--)
            {
                await InsertAsync(connection, tenant, records[random.Next(records.Length)]);
                if (random.Next(3) == 0)
                    await Task.Delay(random.Next(5), Cancellation);
            }

            if (random.Next(4) > 0)
                await transaction.CommitAsync(Cancellation);
        }
    }

    // Transactions of other tests in the same server delay this.
    private async Task ReadUpAsync(Recorder reader) => await Until.ShouldBe(async () =>
    {
        await Reading.ReadAsync(reader, Cancellation);
        return (await Reading.LagAsync(reader.Name, Cancellation)).Entries;
    }, entries => entries == 0, TimeSpan.FromSeconds(30));

    private async Task<bool> UnreadAsync(Recorder reader, Guid tenant)
    {
        await Queue.DiscoverAsync(reader.Name, Cancellation);
        return await fixture.ScalarAsync<bool>(
            "SELECT EXISTS (SELECT FROM log_queue WHERE reader = $1 AND tenant_id = $2 AND unread_to > read_to)", reader.Name, tenant);
    }

    private async Task<LogClaim> ClaimAsync(Recorder reader, Guid tenant)
    {
        while (await Queue.ClaimAsync(reader.Name, TimeSpan.FromMinutes(1), Cancellation) is { } claim)
        {
            if (claim.Log.TenantId == tenant)
                return claim;
        }

        throw new InvalidOperationException("The log cannot be claimed.");
    }

    private Task<string> PlaceAsync(Recorder reader, Guid tenant) => fixture.ScalarAsync<string>(
        "SELECT concat(transaction_id, ' ', sequence, ' ', fence) FROM log_cursors WHERE reader = $1 AND tenant_id = $2", reader.Name, tenant);

    private Task<long> FailingAsync(Recorder reader) =>
        fixture.ScalarAsync<long>("SELECT count(*) FROM log_queue WHERE reader = $1 AND failures > 0", reader.Name);

    private Task<long> HandledAsync(Recorder reader, Guid tenant) =>
        fixture.ScalarAsync<long>("SELECT count(*) FROM handled WHERE reader = $1 AND log = $2", reader.Name, tenant.ToString());
}
