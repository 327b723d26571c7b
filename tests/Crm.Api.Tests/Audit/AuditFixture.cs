using Crm.Application.Audit;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Crm.Api.Tests.Audit;

/// <summary>An API whose log is sealed and whose refusals are written only when a test asks for it.</summary>
public sealed class AuditFixture : IAsyncLifetime
{
    private int _tenants;

    internal ApiHost Api { get; private set; } = null!;

    internal NpgsqlDataSource Superuser { get; private set; } = null!;

    internal ISeals Seals => Api.Services.GetRequiredService<ISeals>();

    public async ValueTask InitializeAsync()
    {
        Api = await ApiHost.StartAsync(("Audit:SealInterval", "01:00:00"), ("Audit:FlushInterval", "01:00:00"), ("Audit:FailuresPerMinute", "3"));
        Superuser = NpgsqlDataSource.Create(Api.Database.SuperConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await Superuser.DisposeAsync();
        await Api.DisposeAsync();
    }

    internal Task<TestTenant> NewTenantAsync() => Api.CreateTenantAsync($"audited-{Interlocked.Increment(ref _tenants)}");

    /// <summary>Seals until nothing of a log is left to be sealed. A transaction in any database of the server delays that.</summary>
    internal async Task SealAllAsync(Guid? tenantId) => await Until.ShouldBe(
        async () =>
        {
            await Seals.SealAsync(TestContext.Current.CancellationToken);
            return await Seals.VerifyAsync(tenantId, null, TestContext.Current.CancellationToken);
        },
        report => report.Unsealed == 0 || report.Fault is not null, TimeSpan.FromSeconds(30));

    internal Task<ChainReport> VerifyAsync(Guid? tenantId, string? head = null) => Seals.VerifyAsync(tenantId, head, TestContext.Current.CancellationToken);

    internal async Task<int> RunAsync(string sql, params object[] values)
    {
        await using var command = Superuser.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    internal async Task<T> ScalarAsync<T>(string sql, params object[] values)
    {
        await using var command = Superuser.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
