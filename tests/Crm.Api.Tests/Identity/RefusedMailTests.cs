using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Identity;

public sealed class RefusedMailTests
{
    [Theory]
    [InlineData(true, "SmtpFailedRecipientException MailboxUnavailable")]
    [InlineData(false, "SmtpException of SocketException")]
    public async Task A_mail_that_could_not_be_sent_is_logged_with_the_reason_and_without_the_address(bool answers, string reason)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        if (!answers)
            listener.Stop();
        using var stop = new CancellationTokenSource();
        var refusing = answers ? RefuseAsync(listener, stop.Token) : Task.CompletedTask;
        var log = new Lines();
        await using (var host = await ApiHost.StartAsync(
            services => services.AddSingleton<ILoggerProvider>(log), ("Mail:Host", "127.0.0.1"), ("Mail:Port", $"{port}"), ("Mail:RequireTls", "false"), ("Mail:PollInterval", "00:00:00.050")))
        {
            var tenant = await host.CreateTenantAsync("acme");
            await tenant.Client.SendAsync("POST", "/api/v1/invitations", new { email = "mary@people.example", name = "Mary", role = "viewer" });

            await Until.ShouldBe(
                () => Task.FromResult(log.Written), lines => lines.Any(l => l.Contains("is tried again: ", StringComparison.Ordinal) && l.Contains(reason, StringComparison.Ordinal)), TimeSpan.FromSeconds(20));
        }

        await stop.CancelAsync();
        await refusing;
        log.Written.ShouldNotContain(line => line.Contains("mary@people.example", StringComparison.OrdinalIgnoreCase));
    }

    // Speaks just enough SMTP to know no mailbox.
    private static async Task RefuseAsync(TcpListener listener, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(stop);
                await using var stream = client.GetStream();
                using var reader = new StreamReader(stream);
                await using var writer = new StreamWriter(stream) { NewLine = "\r\n", AutoFlush = true };
                await writer.WriteLineAsync("220 mail.example");
                while (await reader.ReadLineAsync(stop) is { } line)
                    await writer.WriteLineAsync(line.StartsWith("RCPT", StringComparison.Ordinal) ? "550 there is no " + line[8..] : "250 so be it");
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyCollection<string> Written => _lines;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
            // There is nothing to let go of.
        }
    }
}
