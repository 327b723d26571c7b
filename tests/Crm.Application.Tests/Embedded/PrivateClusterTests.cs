using System.Diagnostics;
using Crm.Domain.Common;
using Crm.Embedded;
using Crm.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Embedded;

public sealed class PrivateClusterTests : IDisposable
{
    private readonly string _home = TestCluster.NewHome();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_restarted_cluster_has_kept_its_data_and_is_ready_within_five_seconds()
    {
        await using (var first = await StartAsync())
            await ScalarAsync(first, "CREATE TABLE kept AS SELECT 42 AS value");

        var watch = Stopwatch.StartNew();
        await using var second = await StartAsync();
        watch.Stop();

        (await ScalarAsync(second, "SELECT value FROM kept")).ShouldBe(42);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_stopped_cluster_leaves_no_server_behind()
    {
        var cluster = await StartAsync();
        File.Exists(Path.Combine(cluster.Data, "postmaster.pid")).ShouldBeTrue();

        await cluster.DisposeAsync();

        File.Exists(Path.Combine(cluster.Data, "postmaster.pid")).ShouldBeFalse();
        await Should.ThrowAsync<NpgsqlException>(() => ScalarAsync(cluster, "SELECT 1"));
    }

    [Fact]
    public async Task A_second_instance_on_the_same_home_is_refused_in_one_sentence()
    {
        await using var first = await StartAsync();

        var refused = await Should.ThrowAsync<CannotRunException>(StartAsync);

        refused.Code.ShouldBe("already_running");
        refused.Message.ShouldContain(_home);
        refused.Message.ShouldNotContain("\n");
        (await ScalarAsync(first, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task A_command_joins_a_running_cluster_and_leaves_it_running()
    {
        await using var running = await StartAsync();

        await using (var joined = await PrivateCluster.StartOrJoinAsync(Options(), Cancellation))
            (await ScalarAsync(joined, "SELECT 1")).ShouldBe(1);

        (await ScalarAsync(running, "SELECT 2")).ShouldBe(2);
    }

    [Fact]
    public async Task A_server_dies_with_the_process_that_was_killed_and_the_next_start_recovers()
    {
        using var holder = Process.Start(new ProcessStartInfo("dotnet", [typeof(TestCluster).Assembly.Location, _home])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        (await holder.StandardOutput.ReadLineAsync(Cancellation)).ShouldBe("ready");

        holder.Kill();
        await holder.WaitForExitAsync(Cancellation);

        await using var next = await StartAsync();
        (await ScalarAsync(next, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task A_stale_process_file_whose_number_belongs_to_another_process_is_no_obstacle()
    {
        string data;
        await using (var first = await StartAsync())
            data = first.Data;
        await File.WriteAllTextAsync(Path.Combine(data, "postmaster.pid"), $"{Environment.ProcessId}\n{data}\n1\n5432\n/tmp\n*\n1 1\nready\n", Cancellation);

        await using var next = await StartAsync();

        (await ScalarAsync(next, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task Other_passwords_than_those_of_the_data_are_said_in_one_sentence()
    {
        await using (await StartAsync())
        {
            // Made, and stopped again.
        }

        File.Delete(Path.Combine(_home, "secrets.json"));

        var refused = await Should.ThrowAsync<CannotRunException>(StartAsync);
        refused.Code.ShouldBe("secrets_do_not_match");
        refused.Message.ShouldNotContain("\n");
    }

    [Fact]
    public async Task Missing_programs_are_said_in_one_sentence_and_nothing_is_made()
    {
        var refused = await Should.ThrowAsync<CannotRunException>(
            () => PrivateCluster.StartAsync(Options() with { Places = new BinaryPlaces(null, ["/nonexistent"]) }, Cancellation));

        refused.Code.ShouldBe("postgres_missing");
        refused.Message.ShouldNotContain("\n");
        Directory.Exists(Path.Combine(_home, "postgres")).ShouldBeFalse();
    }

    [Fact]
    public async Task Programs_that_are_too_old_are_said_in_one_sentence()
    {
        using var programs = FakePrograms.Make("14.2", "exit 1");

        var refused = await Should.ThrowAsync<CannotRunException>(
            () => PrivateCluster.StartAsync(Options() with { Places = new BinaryPlaces(programs.Folder, []) }, Cancellation));

        refused.Code.ShouldBe("postgres_too_old");
        refused.Message.ShouldContain("14.2");
    }

    [Fact]
    public async Task A_full_disk_is_said_in_one_sentence_and_the_half_made_data_is_removed()
    {
        using var programs = FakePrograms.Make("15.1", "mkdir -p \"$2\"; echo 'initdb: error: could not write: No space left on device' >&2; exit 1");

        var refused = await Should.ThrowAsync<CannotRunException>(
            () => PrivateCluster.StartAsync(Options() with { Places = new BinaryPlaces(programs.Folder, []) }, Cancellation));

        refused.Code.ShouldBe("disk_full");
        Directory.EnumerateFileSystemEntries(Path.Combine(_home, "postgres")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_first_start_that_fails_is_begun_anew_by_the_next()
    {
        var real = await PostgresBinaries.FindAsync(BinaryPlaces.OfThisMachine(_home), _home, Cancellation);
        using (var programs = FakePrograms.Make("15.1", $"exec '{real["initdb"]}' \"$@\"", pgCtl: "exit 1"))
        {
            var failed = await Should.ThrowAsync<CannotRunException>(
                () => PrivateCluster.StartAsync(Options() with { Places = new BinaryPlaces(programs.Folder, []) }, Cancellation));
            failed.Code.ShouldBe("cluster_failed");
        }

        Directory.Exists(Path.Combine(_home, "postgres", "data")).ShouldBeFalse();
        await using var next = await StartAsync();
        (await ScalarAsync(next, "SELECT 1")).ShouldBe(1);
    }

    public void Dispose()
    {
        if (Directory.Exists(_home))
            Directory.Delete(_home, recursive: true);
    }

    private PrivateClusterOptions Options() => new(_home) { Durable = false, MaxConnections = 20 };

    private Task<PrivateCluster> StartAsync() => PrivateCluster.StartAsync(Options(), Cancellation);

    private static async Task<object?> ScalarAsync(PrivateCluster cluster, string sql)
    {
        await using var source = NpgsqlDataSource.Create(cluster.Connections.Superuser(ClusterConnections.Database));
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Cancellation);
    }
}
