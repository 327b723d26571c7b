using System.CommandLine;
using Crm.Domain.Common;
using Crm.Embedded;
using Crm.Infrastructure.Diagnostics;
using Crm.Infrastructure.Redis;
using Crm.Infrastructure.Secrets;

namespace Crm.Api.Cli;

/// <summary><c>crm doctor</c>: looks at everything the system needs, and says what is wrong.</summary>
internal static class DoctorCommand
{
    private static readonly Option<string?> Urls = UrlsOption.Create("Where the API is to listen, as with serve: without it the addresses that are configured.");
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(2);

    public static Command Create()
    {
        var command = new Command("doctor", "Checks programs, server, rights, schema, disk, keys, Redis and the addresses to listen on; one line each, exit code 1 when any has failed.") { Urls };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(Urls), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string? urls, CancellationToken cancellationToken)
    {
        var configuration = CliHost.CreateBuilder().Configuration;
        var checks = await SystemChecks.RunAsync(configuration, cancellationToken);
        var all = checks.ToList();
        all.AddRange(await RedisChecks.RunAsync(configuration, cancellationToken));
        all.AddRange(TransportChecks.Run(configuration));

        // A server of its own makes its keys itself. What is wrong already is told once.
        if (RunningDatabase.IsConfigured(configuration) && all.All(check => check.Fault is null))
            all.Add(await KeysAsync(cancellationToken));
        foreach (var url in ListeningPort.Urls(urls, configuration))
            all.Add(await PortAsync(url, cancellationToken));
        foreach (var check in all)
            await Console.Out.WriteLineAsync(Line(check));
        return all.Any(check => check.Fault is not null) ? ExitCodes.Failure : ExitCodes.Success;
    }

    // As serve looks at them, with everything that is configured.
    private static async Task<SystemCheck> KeysAsync(CancellationToken cancellationToken)
    {
        const string name = "settings and keys";
        try
        {
            await CliHost.UseAsync((services, _) => services.GetRequiredService<IEncryptionStart>().LookAsync(cancellationToken), cancellationToken);
            return new SystemCheck(name, "a start is not refused for them");
        }
        catch (CannotRunException fault)
        {
            return new SystemCheck(name, "failed", fault);
        }
    }

    private static string Line(SystemCheck check) => check switch
    {
        { Fault: { } fault } => $"FAILED  {check.Name}: {fault.Message}",
        { Warning: { } warning } => $"WARNING {check.Name}: {warning}",
        _ => $"ok      {check.Name}: {check.Detail}",
    };

    private static async Task<SystemCheck> PortAsync(string url, CancellationToken cancellationToken)
    {
        if (ListeningPort.IsFree(url))
            return new SystemCheck("port", $"{url} is free");
        return await IsCrmAsync(url, cancellationToken)
            ? new SystemCheck("port", $"the CRM answers on {url}")
            : new SystemCheck("port", "in use", CliErrors.PortInUse(url));
    }

    private static async Task<bool> IsCrmAsync(string url, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { Timeout = ProbeTimeout };
        try
        {
            using var answer = await client.GetAsync(new Uri(ListeningPort.Reached(url), "/health/live"), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException || (failure is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }
}
