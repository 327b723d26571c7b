using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Crm.Api.Tests.Cli;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Health;

public sealed class DemoReadinessTests : IDisposable
{
    private readonly string _home = TestCluster.NewHome();

    public void Dispose()
    {
        if (Directory.Exists(_home))
            Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public async Task A_first_start_is_not_ready_before_the_demo_is_there_and_stops_when_it_is_told_to()
    {
        using var crm = CrmProcess.Start(new Dictionary<string, string> { ["CRM_HOME"] = _home }, "--urls", FreeUrl(out var url));
        await crm.LineWithAsync("Loading the demo data");
        using var client = new HttpClient { BaseAddress = new Uri(url) };

        var answer = await client.SendAsync("GET", "/health/ready");

        (answer.Status, File.Exists(Path.Combine(_home, "demo.json"))).ShouldBe((HttpStatusCode.ServiceUnavailable, false));
        answer.Text.ShouldContain("\"name\":\"demo\",\"status\":\"failed\"");
        await crm.SignalAsync("TERM");
    }

    // It must be known before the start says it.
    private static string FreeUrl(out string url)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
    }
}
