using System.CommandLine;
using System.Net.Sockets;
using Crm.Api.Hosting;
using Crm.Embedded;
using Crm.Embedded.Demo;
using Crm.Infrastructure.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Crm.Api.Cli;

/// <summary><c>crm serve</c>: runs the API until it is told to stop.</summary>
internal static class ServeCommand
{
    private static readonly Option<bool> NoDemo = new("--no-demo") { Description = "Starts with an empty system instead of two demo tenants." };

    private static readonly Option<string?> Urls = UrlsOption.Create($"Where to listen, parted by semicolons; {ListeningPort.DefaultUrl} when neither this nor the configuration (Kestrel:Endpoints, ASPNETCORE_URLS) says.");

    public static Command Create()
    {
        var command = new Command("serve", "Serves the API until Ctrl-C; with no ConnectionStrings__Crm set, on a PostgreSQL server of its own.") { NoDemo, Urls };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(Urls), !parsed.GetValue(NoDemo), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string? urls, bool demo, CancellationToken cancellationToken)
    {
        var builder = CliHost.CreateBuilder();
        builder.Logging.AddLines(Console.OpenStandardOutput(), isTerminal: !Console.IsOutputRedirected);
        var listenOn = ListeningPort.Urls(urls, builder.Configuration);
        builder.WebHost.UseUrls([.. listenOn]);

        // What is said at the command line goes before endpoints that are configured.
        builder.WebHost.PreferHostingUrls(urls is not null);

        // Said before anything is started, and in one sentence.
        if (listenOn.FirstOrDefault(url => !ListeningPort.IsFree(url)) is { } taken)
            throw CliErrors.PortInUse(taken);

        await using var database = await RunningDatabase.OpenForServingAsync(builder.Configuration, cancellationToken);
        if (database.PrivateData is { } data)
            await Console.Out.WriteLineAsync($"The data is in {data}.");

        // A server that someone configured is not filled with sample data. Whoever waits until this one is ready finds the demo.
        var seeds = demo && database.PrivateData is not null;
        var isSeeded = false;
        if (seeds)
            builder.Services.AddHealthChecks().AddCheck("demo", () => Volatile.Read(ref isSeeded) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The demo is being loaded."));
        await using var app = await CliHost.BuildAsync(builder, database, cancellationToken);
        await SecretsCommand.PrepareAsync(app.Services, cancellationToken);
        app.UseCrm();
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException failure) when (failure.InnerException is AddressInUseException)
        {
            throw CliErrors.PortInUse(string.Join(", ", listenOn));
        }
        catch (Exception failure) when (failure is IOException or SocketException or InvalidOperationException)
        {
            throw CliErrors.CannotListen(string.Join(", ", listenOn), failure);
        }

        if (seeds)
        {
            if (!File.Exists(DemoSeed.FileIn(database.Home)))
                await Console.Out.WriteLineAsync("Loading the demo data; this takes about half a minute.");
            // Told to stop, the host ends its jobs; who waits for one would wait for ever.
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, app.Lifetime.ApplicationStopping);
            await TellDemoAsync(await DemoSeed.RunAsync(app.Services, database.Home, new Uri(app.Urls.First()), stop.Token), database.Home);
            Volatile.Write(ref isSeeded, true);
        }

        await Console.Out.WriteLineAsync($"The CRM listens on {string.Join(", ", app.Urls)}; Ctrl-C stops it.");
        await app.WaitForShutdownAsync(cancellationToken);
        return ExitCodes.Success;
    }

    private static async Task TellDemoAsync(DemoAccess access, string home)
    {
        await Console.Out.WriteLineAsync($"Demo tenants; passwords are in {DemoSeed.FileIn(home)}:");
        foreach (var tenant in access.Tenants)
            await Console.Out.WriteLineAsync($"  {tenant.Identifier}: POST {access.BaseUrl}/api/v1/auth/sign-in as {tenant.Email}");
    }
}
