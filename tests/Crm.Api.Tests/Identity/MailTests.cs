using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Identity;

public sealed class MailTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Mails_go_out_through_the_mail_server_that_is_configured()
    {
        await using var server = await MailServer.StartAsync(FreePort());
        await using var host = await StartAsync(server.Port, ("Mail:From", "crm@acme.example"), ("Mail:PasswordResetUrl", "https://app.acme.example/reset#{token}"));
        var tenant = await host.CreateTenantAsync("acme");
        await host.CreateClient().SendAsync("POST", "/api/v1/auth/password/forgot", new { email = tenant.Email });

        var mail = (await server.Mailbox.MailsAsync(tenant.Email, 1)).ShouldHaveSingleItem();
        mail.ShouldContain("From: crm@acme.example");
        mail.ShouldContain("https://app.acme.example/reset#" + Mailbox.TokenIn(mail));
        var password = ApiHost.NewPassword();
        (await host.CreateClient().SendAsync("POST", "/api/v1/auth/password/reset", new { token = Mailbox.TokenIn(mail), newPassword = password })).Status.ShouldBe(HttpStatusCode.NoContent);
        await host.SignInAsync(new { email = tenant.Email, password });
    }

    [Fact]
    public async Task A_mail_is_sent_when_the_server_is_back()
    {
        var port = FreePort();
        await using var host = await StartAsync(port);
        var tenant = await host.CreateTenantAsync("acme");
        await host.CreateClient().SendAsync("POST", "/api/v1/auth/password/forgot", new { email = tenant.Email });
        await using var database = Npgsql.NpgsqlDataSource.Create(host.Database.SuperConnectionString);
        await Until.ShouldBe(async () =>
        {
            await using var command = database.CreateCommand("SELECT coalesce(max(attempts), 0) FROM one_time_links");
            return (int)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        }, attempts => attempts > 0, Deadline);

        await using var server = await MailServer.StartAsync(port);
        (await server.Mailbox.MailsAsync(tenant.Email, 1)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_name_cannot_add_headers_to_a_mail()
    {
        await using var server = await MailServer.StartAsync(FreePort());
        await using var host = await StartAsync(server.Port);
        var tenant = await host.CreateTenantAsync("acme");
        await using var database = Npgsql.NpgsqlDataSource.Create(host.Database.SuperConnectionString);
        await using (var command = database.CreateCommand("UPDATE tenants SET name = E'Acme\\r\\nBcc: everybody@acme.example'"))
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await tenant.Client.SendAsync("POST", "/api/v1/invitations", new { email = "mary@people.example", name = "Mary", role = "viewer" });

        var mail = (await server.Mailbox.MailsAsync("mary@people.example", 1)).ShouldHaveSingleItem();
        mail.Split("\n\n")[0].Split('\n').ShouldNotContain(line => line.StartsWith("Bcc", StringComparison.OrdinalIgnoreCase));
        mail.ShouldContain("You are invited to work in “Acme Bcc: everybody@acme.example”.");
    }

    private static Task<ApiHost> StartAsync(int port, params (string, string)[] settings) => ApiHost.StartAsync(
        [("Mail:Host", "127.0.0.1"), ("Mail:Port", port.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("Mail:RequireTls", "false"), ("Mail:PollInterval", "00:00:00.050"), .. settings]);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A real mail server, aiosmtpd, that keeps what it gets in a folder.</summary>
    private sealed class MailServer : IAsyncDisposable
    {
        private readonly Process _process;
        private readonly DirectoryInfo _folder;

        private MailServer(Process process, DirectoryInfo folder, int port) => (_process, _folder, Port) = (process, folder, port);

        public int Port { get; }

        public Mailbox Mailbox => new(Path.Combine(BoxIn(_folder), "new"));

        // It makes the box itself, and only where nothing is yet.
        private static string BoxIn(DirectoryInfo folder) => Path.Combine(folder.FullName, "box");

        public static async Task<MailServer> StartAsync(int port)
        {
            Assert.SkipUnless(IsInstalled(), "The mail server of the tests is missing: apt-get install python3-aiosmtpd.");
            var folder = Directory.CreateTempSubdirectory("crm-mail-");
            var process = Process.Start(new ProcessStartInfo("aiosmtpd", ["-n", "-l", $"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Mailbox", BoxIn(folder)])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            })!;
            await Until.ShouldBe(() => AnswersAsync(port), answers => answers || process.HasExited, Deadline);
            process.HasExited.ShouldBeFalse("the mail server did not start");
            return new MailServer(process, folder, port);
        }

        public async ValueTask DisposeAsync()
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
            _folder.Delete(recursive: true);
        }

        private static bool IsInstalled() =>
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "aiosmtpd")));

        private static async Task<bool> AnswersAsync(int port)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }
}
