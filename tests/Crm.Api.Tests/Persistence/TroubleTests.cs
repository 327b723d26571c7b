using System.Net;
using Crm.Api.Hosting;
using Crm.Infrastructure.Persistence;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Persistence;

/// <summary>A database that is slow, busy or gone is told as such (503), whichever way a request came to it.</summary>
public sealed class TroubleTests
{
    [Fact]
    public async Task A_statement_that_takes_the_server_too_long_is_told_by_its_own_code()
    {
        await using var api = await StartAsync(c => c.Options = "-c statement_timeout=200");
        var tenant = await api.CreateTenantAsync("slow");
        var deal = await tenant.Client.CreateAsync("deals", new { name = "Stuck" });
        await using var locked = await LockAsync(api, "deals");

        // One is a statement of the record engine, the other one of EF Core's.
        foreach (var answer in await BothWaysAsync(tenant.Client, (Guid)deal["id"]!))
            (answer.Status, answer.Code).ShouldBe((HttpStatusCode.ServiceUnavailable, "statement_timeout"), answer.Text);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_in_time_is_unavailable()
    {
        await using var api = await StartAsync(c => (c.Options, c.CommandTimeout) = ("-c statement_timeout=0", 1));
        var tenant = await api.CreateTenantAsync("mute");
        var deal = await tenant.Client.CreateAsync("deals", new { name = "Stuck" });
        await using var locked = await LockAsync(api, "deals");

        foreach (var answer in await BothWaysAsync(tenant.Client, (Guid)deal["id"]!))
            IsUnavailable(answer);
    }

    [Fact]
    public async Task A_pool_without_a_free_connection_is_unavailable()
    {
        // Making a tenant takes two at a time.
        await using var api = await StartAsync(c => (c.MaxPoolSize, c.Timeout) = (2, 1));
        var tenant = await api.CreateTenantAsync("busy");
        (await tenant.Client.SendAsync("GET", "/api/v1/companies")).Status.ShouldBe(HttpStatusCode.OK);
        var pool = api.Services.GetRequiredService<NpgsqlDataSource>();
        await using var one = await pool.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var other = await pool.OpenConnectionAsync(TestContext.Current.CancellationToken);

        IsUnavailable(await tenant.Client.SendAsync("GET", "/api/v1/companies"));
    }

    [Fact]
    public async Task A_server_that_was_stopped_is_unavailable_to_every_request_and_never_an_internal_error()
    {
        Wire? wire = null;
        await using var api = await ApiHost.StartAsync((services, database) => services.AddSingleton(_ =>
        {
            wire = new Wire(database.AppConnectionString);
            return DataSources.ForApplication(wire.ConnectionString);
        }), app => app.UseCrm(), ("Jobs:Concurrency", "0"));
        var tenant = await api.CreateTenantAsync("gone");
        var deal = await tenant.Client.CreateAsync("deals", new { name = "Kept" });

        await wire!.DisposeAsync();

        IsUnavailable(await tenant.Client.SendAsync("POST", "/api/v1/auth/sign-in", new { tenant = "gone", email = tenant.Email, password = tenant.Password }));
        IsUnavailable(await tenant.Client.SendAsync("GET", "/api/v1/me"));
        foreach (var answer in await BothWaysAsync(tenant.Client, (Guid)deal["id"]!))
            IsUnavailable(answer);
    }

    private static void IsUnavailable(Answer answer) =>
        (answer.Status, answer.Code).ShouldBe((HttpStatusCode.ServiceUnavailable, "database_unavailable"), answer.Text);

    private static async Task<Answer[]> BothWaysAsync(HttpClient client, Guid deal) =>
    [
        await client.SendAsync("GET", "/api/v1/deals"),
        await client.SendAsync("PATCH", $"/api/v1/deals/{deal}", new { closeReason = "x" }),
    ];

    private static Task<ApiHost> StartAsync(Action<NpgsqlConnectionStringBuilder> change) => ApiHost.StartAsync((services, database) =>
    {
        var connection = new NpgsqlConnectionStringBuilder(database.AppConnectionString);
        change(connection);
        services.AddSingleton(_ => DataSources.ForApplication(connection.ConnectionString));
    }, app => app.UseCrm(), ("Jobs:Concurrency", "0"));

    // Whoever asks for the table waits until the connection is closed.
    private static async Task<NpgsqlConnection> LockAsync(ApiHost api, string table)
    {
        var connection = new NpgsqlConnection(api.Database.SuperConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }
}
