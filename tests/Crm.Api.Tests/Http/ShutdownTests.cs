using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Crm.Api.Tests.Cli;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Http;

public sealed class ShutdownTests
{
    private const string Body = """{"tenant":"nowhere","email":"nobody@nowhere.example","password":"Not-a-password-1"}""";

    [Fact]
    public async Task A_request_under_way_is_answered_after_the_signal_and_no_other_is_taken()
    {
        await using var database = await TestDatabase.CreateAsync();
        var home = Directory.CreateTempSubdirectory("crm-stop-");
        using var crm = CrmProcess.Start(
            new Dictionary<string, string> { ["CRM_HOME"] = home.FullName, ["ConnectionStrings__Crm"] = database.AppConnectionString }, "serve", "--no-demo", "--urls", "http://127.0.0.1:0");
        var url = new Uri((await crm.LineWithAsync("listens on")).Split(' ').First(word => word.StartsWith("http", StringComparison.Ordinal)).TrimEnd(';'));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));

        // The server says "100 Continue" when the request's handler begins to read the body, so from then on it is under way.
        using var client = new TcpClient();
        await client.ConnectAsync(url.Host, url.Port, limit.Token);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"POST /api/v1/auth/sign-in HTTP/1.1\r\nHost: crm\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\nExpect: 100-continue\r\n\r\n")), limit.Token);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        (await reader.ReadLineAsync(limit.Token)).ShouldBe("HTTP/1.1 100 Continue");

        var exit = crm.SignalAsync("TERM");
        while (await AcceptsAsync(url, limit.Token))
            await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
        exit.IsCompleted.ShouldBeFalse();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Body), limit.Token);

        (await reader.ReadLineAsync(limit.Token)).ShouldBe("");
        (await reader.ReadLineAsync(limit.Token)).ShouldBe("HTTP/1.1 401 Unauthorized");
        (await exit).ShouldBe(0);
        home.Delete(recursive: true);
    }

    private static async Task<bool> AcceptsAsync(Uri url, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(url.Host, url.Port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
