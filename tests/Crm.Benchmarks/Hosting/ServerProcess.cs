using System.Diagnostics;
using System.Net.Http.Json;

namespace Crm.Benchmarks.Hosting;

/// <summary>A server in a process of its own: this executable, started again with another verb.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private ServerProcess(Process process) => _process = process;

    /// <summary>Starts a server and waits until it serves.</summary>
    /// <exception cref="InvalidOperationException">It did not start.</exception>
    public static async Task<ServerProcess> StartAsync(
        string verb, Uri url, IReadOnlyDictionary<string, string> environment, HttpClient http, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false, RedirectStandardInput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(ServerProcess).Assembly.Location);
        foreach (var word in new[] { verb, "--url", url.ToString() })
            start.ArgumentList.Add(word);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        var server = new ServerProcess(Process.Start(start)!);
        try
        {
            await server.WaitUntilServingAsync(verb, url, http, cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends when the process that started this one is gone or asks for it, whichever way: then the standard input ends.</summary>
    public static void StopWithParent(CancellationTokenSource stop) => new Thread(() =>
    {
        while (Console.In.ReadLine() is not null)
        {
        }

        stop.Cancel();
    })
    { IsBackground = true, Name = "parent" }.Start();

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private async Task WaitUntilServingAsync(string verb, Uri url, HttpClient http, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(StartsWithin);
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!_process.HasExited)
        {
            try
            {
                // Any answer will do: an unknown path is answered as soon as the server serves.
                using var answer = await http.GetAsync(url, patience.Token);
                await http.GetFromJsonAsync(DiagnosticsListener.For(url), DiagnosticsJson.Default.ProcessUse, patience.Token);
                return;
            }
            catch (HttpRequestException)
            {
                await poll.WaitForNextTickAsync(patience.Token);
            }
        }

        throw new InvalidOperationException($"'{verb}' ended with code {_process.ExitCode} before it served.");
    }
}
