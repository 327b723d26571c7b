using System.Diagnostics;

namespace Crm.Embedded;

/// <summary>What a program left behind when it ended.</summary>
/// <param name="ExitCode">0 for success.</param>
/// <param name="Output">What it wrote, errors after the rest.</param>
internal sealed record ChildResult(int ExitCode, string Output)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>The line that says most about a failure: the last that speaks of an error, else the last.</summary>
    public string Reason
    {
        get
        {
            var lines = Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return lines.LastOrDefault(IsError) ?? lines.LastOrDefault() ?? $"it ended with exit code {ExitCode}.";
        }
    }

    private static bool IsError(string line) =>
        line.Contains("error", StringComparison.OrdinalIgnoreCase) || line.Contains("FATAL", StringComparison.Ordinal) || line.Contains("PANIC", StringComparison.Ordinal);
}

/// <summary>Runs programs without a shell: what is passed is an argument and nothing else.</summary>
internal static class ChildProcess
{
    /// <summary>Runs a program to its end.</summary>
    public static async Task<ChildResult> RunAsync(IReadOnlyList<string> command, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        using var process = Start(command);
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new ChildResult(process.ExitCode, await output + await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            return new ChildResult(-1, $"{command[0]} had not ended after {timeout.TotalSeconds:0} seconds.");
        }
    }

    /// <summary>Starts a program, its input and output connected to the caller.</summary>
    public static Process Start(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // The account the program runs as may not be able to reach the caller's folder.
            WorkingDirectory = "/",
        };

        // PGDATA, PGOPTIONS and their like are meant for another server; messages are read, hence not translated.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["LC_ALL"] = "C";
        return Process.Start(start)!;
    }
}
