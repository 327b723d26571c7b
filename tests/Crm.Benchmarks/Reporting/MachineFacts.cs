using System.Globalization;
using System.Runtime.InteropServices;
using Npgsql;

namespace Crm.Benchmarks.Reporting;

/// <summary>On what a run was made.</summary>
internal static class MachineFacts
{
    /// <summary>Collects the facts that speed depends on.</summary>
    public static async Task<IReadOnlyList<(string Name, string Value)>> ReadAsync(NpgsqlConnection admin, CancellationToken cancellationToken) =>
    [
        ("processor", $"{Processor()}, {Environment.ProcessorCount} cores"),
        ("memory", string.Create(CultureInfo.InvariantCulture, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1024.0 / 1024 / 1024:F0} GiB")),
        ("operating system", RuntimeInformation.OSDescription),
        ("runtime", RuntimeInformation.FrameworkDescription),
        ("PostgreSQL", $"{await SettingAsync(admin, "server_version", cancellationToken)}, fsync {await SettingAsync(admin, "fsync", cancellationToken)}, "
            + $"synchronous_commit {await SettingAsync(admin, "synchronous_commit", cancellationToken)}, shared_buffers {await SettingAsync(admin, "shared_buffers", cancellationToken)}"),
        ("load average at the end", Load()),
    ];

    private static string Processor()
    {
        const string file = "/proc/cpuinfo";
        var line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    // A run alone on its machine keeps it at a few processes for each core; far more than that is other work, and noise in the numbers.
    private static string Load()
    {
        const string file = "/proc/loadavg";
        return File.Exists(file) ? $"{File.ReadAllText(file).Split(' ')[0]} processes waiting or running, the run itself included" : "unknown";
    }

    private static async Task<string> SettingAsync(NpgsqlConnection admin, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT current_setting($1)", admin) { Parameters = { new() { Value = name } } };
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
