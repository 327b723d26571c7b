using System.Security.Cryptography;
using Crm.Application.Authorization;
using Crm.Application.MultiTenancy;
using Crm.Application.Secrets;
using Crm.Testing;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Crm.Api.Tests.Secrets;

/// <summary>One API with two tenants for the tests of a class.</summary>
public sealed class SecretFixture : IAsyncLifetime
{
    public ApiHost Host { get; private set; } = null!;

    public TestTenant Acme { get; private set; } = null!;

    public TestTenant Beta { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Host = await ApiHost.StartAsync();
        Acme = await Host.CreateTenantAsync("acme");
        Beta = await Host.CreateTenantAsync("beta");
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}

/// <summary>What tests of secrets do.</summary>
internal static class SecretWorld
{
    public const string Path = "/api/v1/provider-keys";

    public static string NewSecret() => "sk-" + Convert.ToHexString(RandomNumberGenerator.GetBytes(16));

    public static string NewProvider() => "p" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <summary>Keeps a secret and tells its id.</summary>
    public static async Task<Guid> KeepAsync(this TestTenant tenant, string provider, string secret) =>
        (Guid)(await tenant.Client.CreateAsync("provider-keys", new { provider, name = provider, secret }))["id"]!;

    /// <summary>Uses a secret as a feature of the system would.</summary>
    public static Task<string> UseAsync(this ApiHost host, TestTenant tenant, string provider) => host.WithinAsync(tenant, async services =>
    {
        using var secret = await services.GetRequiredService<IProviderKeys>().UseAsync(provider, "test", TestContext.Current.CancellationToken);
        return secret.Reveal();
    });

    /// <summary>Does something within a tenant, in the system's name.</summary>
    public static async Task<T> WithinAsync<T>(this ApiHost host, TestTenant tenant, Func<IServiceProvider, Task<T>> act)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var services = scope.ServiceProvider;
        services.GetRequiredService<ICallerSetter>().Set(CallerIdentity.System("test"));
        var info = await services.GetRequiredService<IMultiTenantStore>().GetAsync(tenant.Id, TestContext.Current.CancellationToken);
        using var within = services.GetRequiredService<ITenantScope>().Use(info!);
        return await act(services);
    }

    /// <summary>Sends a request of the host's operator.</summary>
    public static async Task<T> OperateAsync<T>(this ApiHost host, IRequest<T> request)
    {
        await using var scope = host.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICallerSetter>().Set(CallerIdentity.System("test"));
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(request, TestContext.Current.CancellationToken);
    }

    /// <summary>How many were done, and how many could not be.</summary>
    public static (int Done, int Unreadable) Sum(this SecretCounts counts) => (counts.Done, counts.Unreadable.Count);

    /// <summary>Runs SQL as the superuser, whom no policy holds back.</summary>
    public static async Task<object?> SqlAsync(this ApiHost host, string sql, params object[] values)
    {
        await using var connection = new NpgsqlConnection(host.Database.SuperConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
