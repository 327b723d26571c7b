using System.Globalization;
using System.Runtime.InteropServices;
using Npgsql;

namespace Crm.Benchmarks.Reporting;

/// <summary>On what a run was made.</summary>
internal static class MachineFacts
{
    /// <summary>Collects the facts that speed depends on.</summary>
    public static async Task<IReadOnlyList<(string Name, string Value)>> ReadAsync(
        NpgsqlConnection admin, CancellationToken cancellationToken) =>
    [
        ("processor", $"{Processor()}, {Environment.ProcessorCount} cores"),
        ("memory", Memory()),
        ("operating system", RuntimeInformation.OSDescription),
        ("runtime", RuntimeInformation.FrameworkDescription),
        ("PostgreSQL", await ServerAsync(admin, cancellationToken)),
        ("load average at the end", Load()),
    ];

    private static string Processor()
    {
        const string file = "/proc/cpuinfo";
        var lines = File.Exists(file) ? File.ReadLines(file) : [];
        var line = lines.FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal));
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    // A run alone on its machine keeps it at a few processes for each core; far more than that is other work, and noise in the numbers.
    private static string Load()
    {
        const string file = "/proc/loadavg";
        return File.Exists(file)
            ? $"{File.ReadAllText(file).Split(' ')[0]} processes waiting or running, the run itself included"
            : "unknown";
    }

    private static string Memory() =>
        string.Create(CultureInfo.InvariantCulture, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1024.0 / 1024 / 1024:F0} GiB");

    private static async Task<string> ServerAsync(NpgsqlConnection admin, CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT concat(current_setting('server_version'), ', fsync ', current_setting('fsync'),
                ', synchronous_commit ', current_setting('synchronous_commit'), ', shared_buffers ', current_setting('shared_buffers'))
            """;
        await using var command = new NpgsqlCommand(sql, admin);
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
