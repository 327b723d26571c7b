using System.Diagnostics;
using System.Security.Cryptography;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Cli;

/// <summary>What the executable left behind.</summary>
internal sealed record CrmResult(int ExitCode, string Output, string Errors);

/// <summary>Runs the executable as its operator does: a process of its own, with its own environment.</summary>
internal sealed class CrmProcess : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    // A server that is configured is taken for production, which makes no key for itself.
    private static readonly string EncryptionKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private readonly Process _process;

    private CrmProcess(Process process) => _process = process;

    public static async Task<CrmResult> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        using var running = Start(environment, arguments);
        using var limit = new CancellationTokenSource(Deadline);
        var output = running._process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = running._process.StandardError.ReadToEndAsync(limit.Token);
        await running._process.WaitForExitAsync(limit.Token);
        return new CrmResult(running._process.ExitCode, await output, await errors);
    }

    public static CrmProcess Start(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "crm.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var inherited in new[] { "CRM_PASSWORD", "CRM_POSTGRES_BIN", "ConnectionStrings__Crm", "ConnectionStrings__CrmOwner", "ConnectionStrings__Redis", "ASPNETCORE_URLS", "ASPNETCORE_ENVIRONMENT" })
            start.Environment.Remove(inherited);
        start.Environment["Encryption__Keys"] = EncryptionKey;
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new CrmProcess(process);
    }

    /// <summary>Whether it has come to its end.</summary>
    public bool HasEnded => _process.HasExited;

    public async Task<string> LineWithAsync(string words) => (await LinesUntilAsync(words))[^1];

    public async Task<IReadOnlyList<string>> LinesUntilAsync(string words)
    {
        var lines = new List<string>();
        using var limit = new CancellationTokenSource(Deadline);
        while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            lines.Add(line);
            if (line.Contains(words, StringComparison.Ordinal))
                return lines;
        }

        throw new ShouldAssertException($"The process ended without saying '{words}': {await _process.StandardError.ReadToEndAsync(limit.Token)}");
    }

    public async Task<int> SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        using var limit = new CancellationTokenSource(Deadline);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
