using Crm.Infrastructure.Persistence;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Migrations;

public sealed class MigrationTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Every_table_belongs_to_crm_owner() =>
        (await ListAsync("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S') AND relowner <> 'crm_owner'::regrole")).ShouldBeEmpty();

    [Fact]
    public async Task The_application_owns_nothing() =>
        (await ListAsync("SELECT classid::regclass::text || ' ' || objid FROM pg_shdepend WHERE deptype = 'o' AND refobjid = 'crm_app'::regrole")).ShouldBeEmpty();

    [Fact]
    public async Task The_application_may_empty_no_table_and_make_none() =>
        (await ListAsync("""
            SELECT 'truncate ' || relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND has_table_privilege('crm_app', oid, 'TRUNCATE')
            UNION ALL SELECT 'create' WHERE has_schema_privilege('crm_app', 'public', 'CREATE')
            """)).ShouldBeEmpty();

    [Fact]
    public async Task Migrating_again_changes_nothing() =>
        (await DatabaseMigrator.MigrateAsync(_database.OwnerConnectionString, Cancellation)).ShouldBeEmpty();

    [Fact]
    public async Task The_change_log_has_a_partition_for_this_month_and_the_twelve_to_come() =>
        (await ListAsync("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'changes'::regclass")).Count.ShouldBe(14);

    [Fact]
    public async Task Changes_in_the_default_partition_move_to_the_one_of_their_month_when_it_is_made()
    {
        // As on a system that ran beyond the months it had prepared: two tenants in month 14, one far beyond.
        await ExecuteAsync(_database.SuperConnectionString, """
            INSERT INTO changes (tenant_id, at, id, record_type, record_id, version, action, actor_type, origin, fields)
            SELECT gen_random_uuid(), date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + make_interval(months => m, days => 3), gen_random_uuid(), 'company', gen_random_uuid(), 1, 'created', 'system', 'test', '{}'
            FROM unnest(ARRAY[14, 14, 60]) m
            """);

        (await ListAsync("SELECT prepare_change_partitions(15)::text", _database.OwnerConnectionString)).ShouldBe(["3"]);
        (await ListAsync("SELECT prepare_change_partitions(15)::text", _database.OwnerConnectionString)).ShouldBe(["0"]);

        (await ListAsync("""
            SELECT count(*)::text || CASE WHEN tableoid = 'changes_default'::regclass THEN ' default'
                WHEN tableoid = ('changes_' || to_char(at AT TIME ZONE 'UTC', 'YYYY_MM'))::regclass THEN ' own' ELSE ' other' END
            FROM changes GROUP BY tableoid, at ORDER BY at
            """)).ShouldBe(["2 own", "1 default"]);
        (await ListAsync("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'changes'::regclass")).Count.ShouldBe(17);
        (await ListAsync("""
            SELECT relname FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE inhparent = 'changes'::regclass
            AND NOT (relrowsecurity AND relforcerowsecurity AND EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid))
            """)).ShouldBeEmpty();
        (await ListAsync("SELECT 1::text FROM changes", _database.OwnerConnectionString)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_running_system_makes_the_partitions_that_are_missing_by_itself()
    {
        await using var api = await ApiHost.StartAsync();
        var last = $"changes_{DateTime.UtcNow.AddDays(1 - DateTime.UtcNow.Day).AddMonths(12):yyyy_MM}";
        await ExecuteAsync(api.Database.SuperConnectionString, $"DROP TABLE {last}");

        await api.Services.GetServices<IHostedService>().Single(service => service.GetType().Name == "PartitionService").StartAsync(Cancellation);

        (await ListAsync($"SELECT to_regclass('{last}')::text", api.Database.SuperConnectionString)).ShouldBe([last]);
    }

    [Fact]
    public async Task A_migration_that_is_missing_is_found()
    {
        await ExecuteAsync(_database.OwnerConnectionString, $"""DELETE FROM {DatabaseMigrator.HistoryTable} WHERE "MigrationId" = '{DatabaseMigrator.Expected[^1]}'""");

        var checks = await DatabaseChecks.RunAsync(_database.AppConnectionString, Cancellation);

        checks.Single(check => check.Fault is not null).Fault!.Code.ShouldBe("schema_outdated");
    }

    private async Task<IReadOnlyList<string>> ListAsync(string sql, string? connectionString = null)
    {
        await using var source = NpgsqlDataSource.Create(connectionString ?? _database.SuperConnectionString);
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(Cancellation);
        var found = new List<string>();
        while (await reader.ReadAsync(Cancellation))
            found.Add(reader.GetString(0));
        return found;
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancellation);
    }
}
