using Crm.Infrastructure.Persistence;
using Crm.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Persistence;

public sealed class DataSourceTests
{
    private const string Statement = "SELECT 42 AS often";

    [Fact]
    public async Task A_statement_that_is_run_often_is_prepared()
    {
        await using var database = await TestDatabase.CreateAsync();

        (await PreparedAsync(database.AppConnectionString)).ShouldBe(1);
    }

    [Fact]
    public async Task What_the_connection_string_says_is_kept()
    {
        await using var database = await TestDatabase.CreateAsync();
        var given = new NpgsqlConnectionStringBuilder(database.AppConnectionString) { MaxAutoPrepare = 0, MaxPoolSize = 7 };

        (await PreparedAsync(given.ConnectionString)).ShouldBe(0);
        await using var source = DataSources.ForApplication(given.ConnectionString);
        new NpgsqlConnectionStringBuilder(source.ConnectionString).MaxPoolSize.ShouldBe(7);
    }

    private static async Task<long> PreparedAsync(string connectionString)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var source = DataSources.ForApplication(connectionString);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        for (var i = 0; i < 10; i++)
            await new NpgsqlCommand(Statement, connection).ExecuteScalarAsync(cancellationToken);

        var prepared = new NpgsqlCommand("SELECT count(*) FROM pg_prepared_statements WHERE statement = $1", connection) { Parameters = { new() { Value = Statement } } };
        return (long)(await prepared.ExecuteScalarAsync(cancellationToken))!;
    }
}
