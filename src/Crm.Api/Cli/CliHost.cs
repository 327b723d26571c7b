using Crm.Api.Hosting;
using Crm.Application.Authorization;
using Crm.Embedded;
using Crm.Infrastructure;
using Crm.Infrastructure.ApiKeys;
using Crm.Infrastructure.ChangeLog;
using Crm.Infrastructure.Identity;
using Crm.Infrastructure.Persistence.Records;
using Crm.Infrastructure.Secrets;
using MediatR;
using Microsoft.Extensions.Options;

namespace Crm.Api.Cli;

/// <summary>The application as the command line makes it: served, or only its use cases, carried out in the system's name.</summary>
internal static partial class CliHost
{
    private const int LeastKeyLength = 32;
    private const string CursorKeySetting = "Cursors:Key";
    private const string SealKeySetting = $"{AuditOptions.Section}:{nameof(AuditOptions.SealKey)}";
    private const string KeyFolderSetting = $"{AccessTokenOptions.Section}:{nameof(AccessTokenOptions.KeyFolder)}";

    private const string PepperFolderSetting = $"{ApiKeyOptions.Section}:{nameof(ApiKeyOptions.PepperFolder)}";

    /// <summary>Begins the application, with its configuration read.</summary>
    public static WebApplicationBuilder CreateBuilder() =>
        // Settings are read beside the executable: they belong to it, not to the folder it happens to be started in.
        WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });

    /// <summary>Completes the application on an open database.</summary>
    public static async Task<WebApplication> BuildAsync(WebApplicationBuilder builder, RunningDatabase database, CancellationToken cancellationToken)
    {
        // On a server that someone configured, several nodes may serve.
        string[] shared = database.PrivateData is null ? [CursorKeySetting, KeyFolderSetting, SealKeySetting, PepperFolderSetting] : [];
        var own = shared.Where(setting => builder.Configuration[setting] is null).ToList();

        builder.Configuration[KeyFolderSetting] ??= Path.Combine(database.Home, "signing-keys");
        builder.Configuration[PepperFolderSetting] ??= Path.Combine(database.Home, "api-key-peppers");
        var key = CursorKey(builder.Configuration[CursorKeySetting] ?? await database.Secrets.GetOrCreateAsync("cursorKey", SecretsFile.RandomBase64, cancellationToken));
        builder.Services.Configure<CursorOptions>(options => options.Key = key);
        builder.Services.Configure<CsrfOptions>(options => options.Key = CsrfOptions.KeyFrom(key));

        // A server that someone configured is taken for production, unless the environment says otherwise.
        builder.Services.Configure<DevelopmentKeyOptions>(options => options.Allowed = database.PrivateData is not null || builder.Environment.IsDevelopment());
        builder.AddCrm(database.Endpoints.App);
        var app = builder.Build();
        DemandValidOptions(app.Services);
        foreach (var setting in own)
            NotShared(app.Logger, setting);
        return app;
    }

    /// <summary>Carries out use cases in the system's name, without serving anything.</summary>
    public static async Task<int> UseAsync(Func<IServiceProvider, IMediator, Task> use, CancellationToken cancellationToken)
    {
        var builder = CreateBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        await using var database = await RunningDatabase.OpenForCommandAsync(builder.Configuration, cancellationToken);
        await using var app = await BuildAsync(builder, database, cancellationToken);
        await using var scope = app.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICallerSetter>().Set(CallerIdentity.System("cli"));
        await use(scope.ServiceProvider, scope.ServiceProvider.GetRequiredService<IMediator>());
        return ExitCodes.Success;
    }

    // Before anything runs: a start that fails half-way logs more than the one sentence that is wanted.
    private static void DemandValidOptions(IServiceProvider services)
    {
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
        }
        catch (InvalidOperationException failure)
        {
            throw CliErrors.BrokenSetting(failure);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "{Setting} is not set: this node uses what it has made for itself, which other nodes do not know")]
    private static partial void NotShared(ILogger logger, string setting);

    private static byte[] CursorKey(string base64)
    {
        var key = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, key, out var length) && length >= LeastKeyLength ? key[..length] : throw CliErrors.BrokenCursorKey();
    }
}
