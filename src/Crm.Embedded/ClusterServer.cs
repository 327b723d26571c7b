using System.Diagnostics;
using System.Globalization;
using Crm.Domain.Common;

namespace Crm.Embedded;

/// <summary>Starts and stops the server of a cluster.</summary>
internal sealed class ClusterServer(ClusterHome home, PostgresBinaries binaries, TimeSpan timeout)
{
    private const long LargestLog = 10 * 1024 * 1024;

    // Waits until its input ends, which it does however the process that holds the other end comes to its end, kill -9 included. Then it
    // stops the server and waits until it is gone. Ctrl-C reaches it too, and must not make it end before its time.
    private const string Watch = """
        trap '' INT TERM HUP
        read -r _
        kill -INT "$1" 2>/dev/null
        while [ -e "$2" ] && kill -0 "$1" 2>/dev/null; do sleep 0.05; done
        """;

    /// <summary>
    /// Starts the server and waits until it is ready; a server left over from a process that was killed is stopped first.
    /// </summary>
    public async Task<Process> StartAsync(string socketFolder, CancellationToken cancellationToken)
    {
        await ClearLeftOverAsync(cancellationToken);
        if (new FileInfo(home.Log) is { Exists: true, Length: > LargestLog })
            File.Move(home.Log, home.Log + ".old", overwrite: true);

        var logged = File.Exists(home.Log) ? new FileInfo(home.Log).Length : 0;
        var started = await ChildProcess.RunAsync(
            home.Account.Command(
                binaries["pg_ctl"], "start", "-D", home.Data, "-l", home.Log, "-w", "-t", Seconds,
                "-o", $"-k \"{socketFolder}\" -p {PrivateCluster.Port.ToString(CultureInfo.InvariantCulture)}"),
            timeout + TimeSpan.FromSeconds(5), cancellationToken);
        if (!started.Succeeded)
            throw Explain(started, logged);

        return ChildProcess.Start(home.Account.Command("sh", "-c", Watch, "crm-watch", ReadProcessFile()![0], home.ProcessFile));
    }

    /// <summary>Stops a server that is running on the data, without waiting for its clients.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var mode in new[] { "fast", "immediate" })
        {
            var stopped = await ChildProcess.RunAsync(
                home.Account.Command(binaries["pg_ctl"], "stop", "-D", home.Data, "-m", mode, "-w", "-t", Seconds), timeout + TimeSpan.FromSeconds(5), cancellationToken);
            if (stopped.Succeeded || !File.Exists(home.ProcessFile))
                return;
        }

        throw ClusterErrors.Failed("stop", $"the server of '{home.Data}' does not end.");
    }

    /// <summary>Tells where a running server's socket is.</summary>
    public static string? FindSocketFolder(ClusterHome home) =>
        ReadProcessFile(home) is { Length: >= 8 } lines && lines[7].Trim() == "ready" ? lines[4] : null;

    private string Seconds => ((int)timeout.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    private async Task ClearLeftOverAsync(CancellationToken cancellationToken)
    {
        if (ReadProcessFile() is not { Length: > 0 } lines)
            return;

        var users = Directory.Exists("/proc/self") ? ProcessesIn(home.Data) : null;
        if (users is { Count: 0 })
        {
            // Nobody works on the data, so the file is stale; its number may since have gone to another process, which would keep the
            // server from starting.
            File.Delete(home.ProcessFile);
        }
        else if (users is null || users.Contains(lines[0]))
        {
            // Where processes cannot be looked at, the attempt costs nothing: a stale file makes it fail, and the server then starts over
            // it.
            await ChildProcess.RunAsync(
                home.Account.Command(binaries["pg_ctl"], "stop", "-D", home.Data, "-m", "fast", "-w", "-t", Seconds), timeout + TimeSpan.FromSeconds(5), cancellationToken);
        }
    }

    // Every process of a server works in its data folder.
    private static HashSet<string> ProcessesIn(string data)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            try
            {
                if (new FileInfo(Path.Combine(process, "cwd")).LinkTarget == data)
                    found.Add(Path.GetFileName(process));
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile, or is another account's: the data's own account can look at all that matter.
            }
        }

        return found;
    }

    private string[]? ReadProcessFile() => ReadProcessFile(home);

    private static string[]? ReadProcessFile(ClusterHome home)
    {
        try
        {
            return File.ReadAllLines(home.ProcessFile);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private CannotRunException Explain(ChildResult started, long logged)
    {
        var log = "";
        if (File.Exists(home.Log))
        {
            using var reader = new StreamReader(home.Log);
            reader.BaseStream.Seek(Math.Min(logged, reader.BaseStream.Length), SeekOrigin.Begin);
            log = reader.ReadToEnd();
        }

        if (ClusterCreation.IsDiskFull(log))
            return ClusterErrors.DiskFull(home.Postgres);
        var reason = log.Length > 0 ? new ChildResult(started.ExitCode, log).Reason : started.Reason;
        return ClusterErrors.Failed("start", $"{reason} (log: {home.Log})");
    }
}
