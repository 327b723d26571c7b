using Crm.Infrastructure.Persistence;
using Crm.Testing;
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
    public async Task A_migration_that_is_missing_is_found()
    {
        await ExecuteAsync(_database.OwnerConnectionString, $"""DELETE FROM {DatabaseMigrator.HistoryTable} WHERE "MigrationId" = '{DatabaseMigrator.Expected[^1]}'""");

        var checks = await DatabaseChecks.RunAsync(_database.AppConnectionString, Cancellation);

        checks.Single(check => check.Fault is not null).Fault!.Code.ShouldBe("schema_outdated");
    }

    private async Task<IReadOnlyList<string>> ListAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_database.SuperConnectionString);
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
