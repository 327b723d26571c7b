using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Crm.Api.Hosting;
using Crm.Application.Authorization;
using Crm.Application.Identity;
using Crm.Application.MultiTenancy;
using Crm.Application.Tenants;
using Crm.Infrastructure.Secrets;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crm.Testing;

/// <summary>The whole API on a real port over a database of its own, with tenants made as an operator makes them.</summary>
public sealed class ApiHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _home;
    private readonly bool _isFirst;

    private ApiHost(WebApplication app, TestDatabase database, string home, bool isFirst)
    {
        (_app, Database, _home, _isFirst) = (app, database, home, isFirst);
        BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    /// <summary>The database the API works on.</summary>
    public TestDatabase Database { get; }

    /// <summary>Where the API listens.</summary>
    public Uri BaseAddress { get; }

    /// <summary>The folder of its secrets and files.</summary>
    public string Home => _home;

    /// <summary>The API's own services, for tests of what HTTP does not show.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Starts the API.</summary>
    public static Task<ApiHost> StartAsync(params (string Key, string Value)[] settings) => StartAsync(_ => { }, settings);

    /// <summary>Starts the API with further services.</summary>
    public static Task<ApiHost> StartAsync(Action<IServiceCollection> configure, params (string Key, string Value)[] settings) =>
        StartAsync((services, _) => configure(services), app => app.UseCrm(), settings);

    /// <summary>Starts the API, put together for a test.</summary>
    public static async Task<ApiHost> StartAsync(
        Action<IServiceCollection, TestDatabase> configure, Action<WebApplication> use, params (string Key, string Value)[] settings)
    {
        var database = await TestDatabase.CreateAsync();
        var home = Directory.CreateTempSubdirectory("crm-test-").FullName;
        return new ApiHost(await StartAsync(database, home, configure, use, settings), database, home, isFirst: true);
    }

    /// <summary>Starts another node beside this one, on the same database and the same files.</summary>
    public async Task<ApiHost> StartNodeAsync(Action<IServiceCollection>? configure = null, params (string Key, string Value)[] settings) =>
        new(await StartAsync(Database, _home, (services, _) => configure?.Invoke(services), app => app.UseCrm(), settings), Database, _home, isFirst: false);

    private static async Task<WebApplication> StartAsync(
        TestDatabase database, string home, Action<IServiceCollection, TestDatabase> configure, Action<WebApplication> use, (string Key, string Value)[] settings)
    {
        // The environment has to be known before anything else is.
        string[] environment = [.. settings.Where(s => s.Key == "environment").SelectMany(s => new[] { "--environment", s.Value })];
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0", .. environment]);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["CRM_HOME"] = home,

            // Wrong passwords are counted, but nobody waits for them.
            ["Lockout:Delays:0"] = "00:00:00",
            // Tests make more requests than a user would; those of limits switch them on.
            ["RateLimits:Enabled"] = "false",

            // Tests count trips to the database; those about the end of tenants ask for it themselves.
            ["Tenants:SweepInterval"] = "1.00:00:00",
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)));
        builder.Logging.ClearProviders();
        builder.Services.Configure<DevelopmentKeyOptions>(keys => keys.Allowed = true);
        builder.AddCrm(database.AppConnectionString);
        configure(builder.Services, database);
        var app = builder.Build();
        use(app);
        await app.StartAsync();
        return app;
    }

    /// <summary>Makes a tenant with its owner.</summary>
    public async Task<TestTenant> CreateTenantAsync(string identifier)
    {
        var password = NewPassword();
        var email = $"owner@{identifier}.example";
        await using (var scope = Services.CreateAsyncScope())
        {
            scope.ServiceProvider.GetRequiredService<ICallerSetter>().Set(CallerIdentity.System("test"));
            await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new CreateTenant(identifier, identifier, "USD", new FirstAdmin(email, "Olive Owner", password)));
        }

        var client = CreateClient();
        var answer = await client.PostAsJsonAsync("/api/v1/auth/sign-in", new { tenant = identifier, email, password });
        answer.EnsureSuccessStatusCode();
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        var token = body.RootElement.GetProperty("accessToken").GetString()!;
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return new TestTenant(body.RootElement.GetProperty("tenant").GetProperty("id").GetGuid(), identifier, email, password, token, client);
    }

    /// <summary>Makes a person a member of a tenant without an invitation, as sample data is made.</summary>
    public async Task<Guid> AddUserAsync(TestTenant tenant, string email, string name, string role, string? password = null)
    {
        await using var scope = Services.CreateAsyncScope();
        var services = scope.ServiceProvider;
        services.GetRequiredService<ICallerSetter>().Set(CallerIdentity.System("test"));
        var info = await services.GetRequiredService<IMultiTenantStore>().GetAsync(tenant.Id, CancellationToken.None);
        using (services.GetRequiredService<ITenantScope>().Use(info!))
        {
            var user = await services.GetRequiredService<IMediator>().Send(new CreateUser(email, name, role));
            if (password is not null)
            {
                var hash = await services.GetRequiredService<IPasswords>().HashAsync(password, CancellationToken.None);
                await services.GetRequiredService<IUserDirectory>().SetPasswordHashAsync(user.Id, hash, CancellationToken.None);
            }

            return user.Id;
        }
    }

    /// <summary>A client that is not signed in.</summary>
    public HttpClient CreateClient() => new() { BaseAddress = BaseAddress };

    /// <summary>A short name that no tenant has.</summary>
    public static string NewIdentifier() => "t-" + Guid.NewGuid().ToString("N")[..12];

    /// <summary>A password that every policy takes.</summary>
    // In pairs, since names of three letters such as "Ada" or "Abe" would now and then occur in a long row of hexadecimal digits.
    public static string NewPassword() => "Aa1!" + BitConverter.ToString(RandomNumberGenerator.GetBytes(12));

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        // Stopped first, so that no worker is looking for jobs when the database goes.
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (!_isFirst)
            return;
        await Database.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }
}

/// <summary>A tenant made for a test.</summary>
/// <param name="Id">The tenant's id.</param>
/// <param name="Identifier">Its short name.</param>
/// <param name="Email">Its owner's e-mail address.</param>
/// <param name="Password">Its owner's password.</param>
/// <param name="Token">Its owner's access token.</param>
/// <param name="Client">A client signed in as its owner.</param>
public sealed record TestTenant(Guid Id, string Identifier, string Email, string Password, string Token, HttpClient Client);
