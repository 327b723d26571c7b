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
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    private readonly string _home = TestCluster.NewHome();

    public void Dispose()
    {
        if (Directory.Exists(_home))
            Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public async Task Whoever_waits_until_a_first_start_is_ready_finds_the_demo()
    {
        using var crm = CrmProcess.Start(new Dictionary<string, string> { ["CRM_HOME"] = _home }, "--urls", FreeUrl(out var url));
        await crm.LineWithAsync("Loading the demo data");
        using var client = new HttpClient { BaseAddress = new Uri(url) };
        var first = await client.SendAsync("GET", "/health/ready");
        (first.Status, File.Exists(Path.Combine(_home, "demo.json"))).ShouldBe((HttpStatusCode.ServiceUnavailable, false));
        first.Text.ShouldContain("\"name\":\"demo\",\"status\":\"failed\"");

        await Until.ShouldBe(() => client.SendAsync("GET", "/health/ready"), answer => answer.Status == HttpStatusCode.OK, Deadline);

        File.Exists(Path.Combine(_home, "demo.json")).ShouldBeTrue();
        (await crm.SignalAsync("TERM")).ShouldBe(0);
    }

    // It must be known before the start says it.
    private static string FreeUrl(out string url)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
    }
}
