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
        var given = new NpgsqlConnectionStringBuilder(database.AppConnectionString) { MaxAutoPrepare = 0, MaxPoolSize = 7, CommandTimeout = 9 };

        (await PreparedAsync(given.ConnectionString)).ShouldBe(0);
        await using var source = DataSources.ForApplication(given.ConnectionString);
        new NpgsqlConnectionStringBuilder(source.ConnectionString).ShouldSatisfyAllConditions(c => c.MaxPoolSize.ShouldBe(7), c => c.CommandTimeout.ShouldBe(9));
    }

    [Fact]
    public async Task The_client_waits_longer_than_the_server_works_on_a_statement()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var source = DataSources.ForApplication(database.AppConnectionString);
        await using var command = source.CreateCommand("SELECT extract(epoch FROM current_setting('statement_timeout')::interval)::integer");

        var server = (int)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;

        server.ShouldBe(30);
        new NpgsqlConnectionStringBuilder(source.ConnectionString).CommandTimeout.ShouldBe(server + 5);
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
