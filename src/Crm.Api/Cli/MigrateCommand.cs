using System.CommandLine;
using Crm.Embedded;

namespace Crm.Api.Cli;

/// <summary><c>crm migrate</c>: brings the schema to this version.</summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        var command = new Command("migrate", "Brings the schema to this version; on a configured server as ConnectionStrings__CrmOwner. Safe to repeat.");
        command.SetAction((_, cancellationToken) => RunAsync(cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var applied = await RunningDatabase.MigrateAsync(CliHost.CreateBuilder().Configuration, cancellationToken);
        foreach (var migration in applied)
            await Console.Out.WriteLineAsync($"applied {migration}");
        await Console.Out.WriteLineAsync("The schema is up to date.");
        return ExitCodes.Success;
    }
}
