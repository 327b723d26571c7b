using System.Collections.Concurrent;
using Crm.Isolation.Tests.Worlds;
using Crm.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crm.Isolation.Tests.Probing;

/// <summary>A running API with two tenants, both with rows in every table, and all that its log was told.</summary>
internal sealed class TwoTenants : IAsyncDisposable
{
    private readonly NpgsqlConnection _superuser;

    private TwoTenants(ApiHost api, NpgsqlConnection superuser, LogLines log) => (Api, _superuser, Log) = (api, superuser, log);

    /// <summary>The API.</summary>
    public ApiHost Api { get; }

    /// <summary>What was logged.</summary>
    public LogLines Log { get; }

    /// <summary>The tenant that calls.</summary>
    public World Own { get; private set; } = null!;

    /// <summary>The tenant that must not be noticed.</summary>
    public World Other { get; private set; } = null!;

    /// <summary>An open connection of the superuser.</summary>
    public NpgsqlConnection Superuser => _superuser;

    /// <summary>Starts an API and fills two tenants.</summary>
    public static async Task<TwoTenants> StartAsync(Action<IServiceCollection, TestDatabase> configure, Action<WebApplication> use)
    {
        var log = new LogLines();
        var api = await ApiHost.StartAsync((services, database) =>
        {
            services.AddSingleton<ILoggerProvider>(log);
            services.Configure<LoggerFilterOptions>(options => options.MinLevel = LogLevel.Debug);
            configure(services, database);
        }, use, ("Audit:SealInterval", "01:00:00"));
        var tenants = new TwoTenants(api, await SqlExtensions.OpenAsync(api.Database.SuperConnectionString), log);
        tenants.Own = await World.CreateAsync(api, "own-tenant", tenants._superuser);
        tenants.Other = await World.CreateAsync(api, "other-tenant", tenants._superuser);
        return tenants;
    }

    /// <summary>A prober that calls as the one tenant and watches the other.</summary>
    public Prober NewProber() => new(Own, Other, new RowHash(_superuser, Other.Tenant.Id), Api.CreateClient());

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _superuser.DisposeAsync();
        await Api.DisposeAsync();
    }
}

/// <summary>Keeps every line that is logged.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>The lines, oldest first.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Debug;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{logLevel} {formatter(state, exception)} {exception}");

    public void Dispose()
    {
        // There is nothing to let go of.
    }
}
