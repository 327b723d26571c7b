using System.Net;
using Crm.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Health;

public sealed class HealthTests
{
    [Fact]
    public async Task A_system_in_order_is_live_and_ready_and_names_each_check()
    {
        await using var api = await ApiHost.StartAsync();
        using var client = api.CreateClient();

        var live = await client.SendAsync("GET", "/health/live");
        var ready = await client.SendAsync("GET", "/health/ready");

        live.Status.ShouldBe(HttpStatusCode.OK);
        live.Body!["status"]!.GetValue<string>().ShouldBe("live");
        ready.Status.ShouldBe(HttpStatusCode.OK, ready.Text);
        ready.Headers["Cache-Control"].ShouldBe("no-store");
        Checks(ready).ShouldBe(["database ok", "migrations ok", "disk ok"], ignoreOrder: true);
    }

    [Fact]
    public async Task Without_its_database_it_lives_but_is_not_ready_and_does_not_say_why()
    {
        var api = await ApiHost.StartAsync();
        await using var stopped = api;
        using var client = api.CreateClient();
        await api.Database.DisposeAsync();

        var ready = await client.SendAsync("GET", "/health/ready");

        ready.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        ready.Body!["status"]!.GetValue<string>().ShouldBe("not_ready");
        Checks(ready).ShouldBe(["database failed", "migrations failed", "disk ok"], ignoreOrder: true);
        ready.Text.ShouldNotContain(api.Database.Name);
        ready.Text.ShouldNotContain("xception");
        (await client.SendAsync("GET", "/health/live")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_schema_that_lacks_a_migration_is_not_ready()
    {
        await using var api = await ApiHost.StartAsync();
        using var client = api.CreateClient();
        await using (var source = NpgsqlDataSource.Create(api.Database.SuperConnectionString))
        await using (var command = source.CreateCommand("""DELETE FROM schema_migrations WHERE "MigrationId" = (SELECT max("MigrationId") FROM schema_migrations)"""))
            (await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken)).ShouldBe(1);

        var ready = await client.SendAsync("GET", "/health/ready");

        ready.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        Checks(ready).ShouldBe(["database ok", "migrations failed", "disk ok"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_full_disk_is_not_ready()
    {
        await using var api = await ApiHost.StartAsync(("Readiness:LeastFreeBytes", long.MaxValue.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        using var client = api.CreateClient();

        var ready = await client.SendAsync("GET", "/health/ready");

        ready.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        Checks(ready).ShouldBe(["database ok", "migrations ok", "disk failed"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_full_disk_of_the_tenants_files_is_not_ready()
    {
        // A file system that is there and has no room for anything.
        await using var api = await ApiHost.StartAsync(("Storage:Folder", "/proc"));
        using var client = api.CreateClient();

        Checks(await client.SendAsync("GET", "/health/ready")).ShouldBe(["database ok", "migrations ok", "disk failed"], ignoreOrder: true);
    }

    private static IEnumerable<string> Checks(Answer answer) => answer.Body!["checks"]!.AsArray().Select(check => $"{check!["name"]} {check["status"]}");
}
