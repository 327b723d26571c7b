using System.Net;
using System.Text.Json.Nodes;
using Crm.Api.Hosting;
using Crm.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Crm.Api.Tests.ApiKeys;

/// <summary>
/// Two nodes of one installation with two tenants. A request says in a header which address it comes from, as no test can come from
/// elsewhere.
/// </summary>
public sealed class ApiKeyFixture : IAsyncLifetime
{
    public const string FromHeader = "X-Test-From";

    private readonly SqlRecorder _recorder = new();

    public ApiHost A { get; private set; } = null!;

    public ApiHost B { get; private set; } = null!;

    public TestTenant Acme { get; private set; } = null!;

    public TestTenant Beta { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        // The first node's statements are recorded; it writes no counts in between.
        A = await ApiHost.StartAsync(
            (services, database) => services.AddSingleton(_ => _recorder.Watch(database.AppConnectionString)).AddSingleton<IStartupFilter, From>(),
            app => app.UseCrm(), ("Jobs:Concurrency", "0"), ("Mail:PollInterval", "00:01:00"), ("ApiKeys:UsageInterval", "00:01:00"));
        B = await A.StartNodeAsync(settings: [("Jobs:Concurrency", "0"), ("ApiKeys:UsageInterval", "00:00:01")]);
        Acme = await A.CreateTenantAsync("acme");
        Beta = await A.CreateTenantAsync("beta");
    }

    public async ValueTask DisposeAsync()
    {
        await B.DisposeAsync();
        await A.DisposeAsync();
        _recorder.Dispose();
    }

    /// <summary>Forgets what was recorded.</summary>
    public void Forget() => _recorder.Take();

    /// <summary>What the first node sent to the database since.</summary>
    public IReadOnlyList<SqlTrip> Trips() => _recorder.Take();

    public async Task<object?> ScalarAsync(string sql, params object[] values)
    {
        await using var source = NpgsqlDataSource.Create(A.Database.SuperConnectionString);
        await using var command = source.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return await command.ExecuteScalarAsync();
    }

    private sealed class From : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, later) =>
            {
                if (context.Request.Headers.TryGetValue(FromHeader, out var from))
                    context.Connection.RemoteIpAddress = from == "nowhere" ? null : IPAddress.Parse(from.ToString());
                return later(context);
            });
            next(app);
        };
    }
}

/// <summary>API keys as tests make and use them.</summary>
internal static class KeyUse
{
    public const string Collection = "/api/v1/api-keys";
    public const string MePath = "/api/v1/me";

    public static async Task<TestKey> CreateKeyAsync(this HttpClient client, string[]? scopes = null, string[]? allowedIps = null, DateTimeOffset? expiresAt = null)
    {
        var answer = await client.SendAsync("POST", Collection, new { name = "Shop", scopes = scopes ?? ["contacts:read"], allowedIps, expiresAt });
        return answer.Status == HttpStatusCode.Created ? TestKey.Of(answer.Body!) : throw new InvalidOperationException(answer.Text);
    }

    public static HttpClient WithKey(this ApiHost node, string key)
    {
        var client = node.CreateClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation("X-API-Key", key);
        return client;
    }

    public static Task<Answer> MeFromAsync(this ApiHost node, string key, string from) => node.WithKey(key).SendAsync("GET", MePath, null, (ApiKeyFixture.FromHeader, from));
}

/// <summary>A key and its secret.</summary>
internal sealed record TestKey(Guid Id, string Secret, int Version)
{
    public string Path => $"{KeyUse.Collection}/{Id}";

    public static TestKey Of(JsonNode issued) => new((Guid)issued["apiKey"]!["id"]!, (string)issued["secret"]!, (int)issued["apiKey"]!["version"]!);
}
