using Crm.Infrastructure.Persistence;
using Crm.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Embedded;

public sealed class TestDatabaseTests
{
    [Fact]
    public async Task Every_test_database_is_migrated_and_its_own()
    {
        await using var one = await TestDatabase.CreateAsync();
        await using var two = await TestDatabase.CreateAsync();

        await ExecuteAsync(one.OwnerConnectionString, "INSERT INTO tenants (id, identifier, name) VALUES (gen_random_uuid(), 'acme', 'Acme')");

        (await ScalarAsync(one.AppConnectionString, "SELECT count(*) FROM tenants")).ShouldBe(1L);
        (await ScalarAsync(two.AppConnectionString, "SELECT count(*) FROM tenants")).ShouldBe(0L);
        (await ScalarAsync(two.AppConnectionString, $"SELECT count(*) FROM {DatabaseMigrator.HistoryTable}")).ShouldBe((long)DatabaseMigrator.Expected.Count);
    }

    [Fact]
    public async Task A_disposed_test_database_is_gone()
    {
        var database = await TestDatabase.CreateAsync();
        await database.DisposeAsync();

        await using var connection = new NpgsqlConnection(database.SuperConnectionString);
        var failure = await Should.ThrowAsync<PostgresException>(() => connection.OpenAsync(TestContext.Current.CancellationToken));
        failure.SqlState.ShouldBe(PostgresErrorCodes.InvalidCatalogName);
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
