using System.CommandLine;
using System.Runtime.InteropServices;
using Crm.Domain.Common;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crm.Api.Cli;

/// <summary>The verbs of the executable.</summary>
internal static class CommandLine
{
    /// <summary>Carries out what the arguments say. Ctrl-C and SIGTERM end it in good order.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        using var stop = new CancellationTokenSource();
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

        var parsed = Verbs().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                await Console.Error.WriteLineAsync(error.Message);
            await Console.Error.WriteLineAsync("'crm --help' lists verbs and options.");
            return ExitCodes.Usage;
        }

        try
        {
            // Signals are handled above, and failures below, so that every verb ends in the same way.
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stop.Token);
        }
        catch (CrmException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            foreach (var error in (failure as InvalidException)?.Errors ?? [])
                await Console.Error.WriteLineAsync($"  {error.Pointer ?? error.Parameter}: {error.Message}");
            return ExitCodes.Failure;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Interrupted.");
            return ExitCodes.Failure;
        }
        catch (OptionsValidationException failure)
        {
            foreach (var fault in failure.Failures)
                await Console.Error.WriteLineAsync($"The configuration is not valid: {fault}");
            return ExitCodes.Failure;
        }
        catch (NpgsqlException failure)
        {
            await Console.Error.WriteLineAsync($"The database failed: {failure.Message}");
            return ExitCodes.Failure;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static RootCommand Verbs()
    {
        var root = new RootCommand("The CRM: serves its API, and does what its operator asks. Without a verb it serves.");
        var serve = ServeCommand.Create();
        foreach (var option in serve.Options)
            root.Options.Add(option);
        root.Action = serve.Action;
        root.Subcommands.Add(serve);
        root.Subcommands.Add(MigrateCommand.Create());
        root.Subcommands.Add(TenantsCommand.Create());
        root.Subcommands.Add(UsersCommand.Create());
        root.Subcommands.Add(KeysCommand.Create());
        root.Subcommands.Add(AuditCommand.Create());
        root.Subcommands.Add(SecretsCommand.Create());
        root.Subcommands.Add(DoctorCommand.Create());
        return root;
    }
}
