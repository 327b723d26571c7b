using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Xunit.v3;

namespace Crm.Testing;

/// <summary>
/// A real Redis server of a test's own: on a port and in a folder of its own, keeping nothing. A shell holds it, and kills it when its own
/// input
/// ends, so that it goes however the test process goes.
/// </summary>
public sealed class TestRedis : IAsyncDisposable
{
    private const string Program = "redis-server";
    private const string Holding =
        """
        redis-server --port "$1" --bind 127.0.0.1 --dir "$2" --requirepass "$3" --save "" --appendonly no >"$2/log" 2>&1 &
        server=$!
        echo $server
        read -r _
        kill -9 $server 2>/dev/null
        wait $server 2>/dev/null
        """;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("crm-redis-");
    private readonly string _password = Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16));
    private readonly int _port = FreePort();
    private Process? _holder;
    private string _server = "";

    private TestRedis()
    {
    }

    /// <summary>How it is reached.</summary>
    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port},password={_password}");

    /// <summary>The setting that makes the API use it.</summary>
    public (string Key, string Value) Setting => ("ConnectionStrings:Redis", ConnectionString);

    /// <summary>Starts a server. Where the program is missing the test is skipped, in CI it fails.</summary>
    public static async Task<TestRedis> StartAsync()
    {
        var redis = CreateStopped();
        await redis.StartAgainAsync();
        return redis;
    }

    /// <summary>A server that is not started yet; its address is known.</summary>
    /// <exception cref="InvalidOperationException">The program is missing; outside of CI the test counts as skipped.</exception>
    public static TestRedis CreateStopped()
    {
        const string missing = "The Redis server of the tests is missing: apt-get install redis-server.";
        if (IsInstalled())
            return new TestRedis();
        throw new InvalidOperationException(Environment.GetEnvironmentVariable("CI") == "true" ? missing : DynamicSkipToken.Value + missing);
    }

    /// <summary>Starts it, empty, where it has been before.</summary>
    public async Task StartAgainAsync()
    {
        _holder = Process.Start(new ProcessStartInfo("sh", ["-c", Holding, "sh", _port.ToString(CultureInfo.InvariantCulture), _folder.FullName, _password])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        _server = (await _holder.StandardOutput.ReadLineAsync())!;
        await Until.ShouldBe(AnswersAsync, answers => answers, Deadline);
    }

    /// <summary>Kills it, as a fault would: nothing is said to its clients.</summary>
    public async Task KillAsync()
    {
        if (_holder is null)
            return;
        _holder.StandardInput.Close();
        await _holder.WaitForExitAsync();
        _holder.Dispose();
        _holder = null;
    }

    /// <summary>Lets it hang: it takes connections and calls, and answers none.</summary>
    public Task HangAsync() => SignalAsync("STOP");

    /// <summary>Lets it go on after <see cref="HangAsync"/>.</summary>
    public Task GoOnAsync() => SignalAsync("CONT");

    /// <summary>Sends it a command by itself.</summary>
    public async Task<string> CommandAsync(params string[] words)
    {
        var start = new ProcessStartInfo("redis-cli", ["-p", _port.ToString(CultureInfo.InvariantCulture), .. words]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["REDISCLI_AUTH"] = _password;
        using var client = Process.Start(start)!;
        var output = await client.StandardOutput.ReadToEndAsync();
        await client.WaitForExitAsync();
        return output.Trim();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Delete(recursive: true);
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _server]);
        await kill.WaitForExitAsync();
    }

    private async Task<bool> AnswersAsync()
    {
        if (_holder!.HasExited)
            throw new InvalidOperationException("The Redis server did not start: " + await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "log")));
        return await CommandAsync("PING") == "PONG";
    }

    private static bool IsInstalled() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, Program)));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
