using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Crm.Application.Secrets;
using Crm.Domain.Common;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Secrets;

/// <summary>Two secrets that are put in, used, encrypted anew and made unreadable, looked for wherever the system writes.</summary>
public sealed class SecretCanaryTests
{
    [Fact]
    public async Task A_secret_stands_in_the_clear_in_no_table_no_change_no_log_and_no_answer()
    {
        using var log = new CollectedLog();
        await using var host = await ApiHost.StartAsync(services => services.AddLogging(logging => logging.AddProvider(log).SetMinimumLevel(LogLevel.Trace)));
        var acme = await host.CreateTenantAsync("acme");
        var (secret, other) = (SecretWorld.NewSecret(), SecretWorld.NewSecret());
        var id = await acme.KeepAsync("openai", secret);
        var answers = new List<Answer>
        {
            await acme.Client.SendAsync("POST", $"{SecretWorld.Path}/{id}/rotate", new { secret = other }),
            await acme.Client.SendAsync("POST", SecretWorld.Path, new { provider = "openai", name = "taken", secret }),
            await acme.Client.SendAsync("POST", SecretWorld.Path, new { provider = "x", name = "wrong", secret, more = other }),
            await acme.Client.SendAsync("POST", SecretWorld.Path, new { provider = secret, name = secret, secret = new[] { other } }),
        };
        answers.Select(a => a.Status).ShouldBe([HttpStatusCode.OK, HttpStatusCode.Conflict, HttpStatusCode.BadRequest, HttpStatusCode.BadRequest]);
        (await host.UseAsync(acme, "openai")).ShouldBe(other);
        await host.OperateAsync(new RotateDataKeys("acme"));

        // Every row of every table as one text.
        var dump = (string)(await host.SqlAsync("SELECT database_to_xml(true, false, '')::text"))!;
        await host.SqlAsync("UPDATE data_keys SET wrapped = sha256(wrapped)");
        var refusal = await Should.ThrowAsync<UnavailableException>(() => host.UseAsync(acme, "openai"));

        dump.ShouldContain(id.ToString());
        log.Text.ShouldContain("cannot be read");
        foreach (var text in answers.Select(a => a.Text).Append(dump).Append(log.Text).Append(refusal.ToString()))
        {
            foreach (var canary in new[] { secret, other, Convert.ToBase64String(Encoding.UTF8.GetBytes(other)) })
                text.Contains(canary, StringComparison.OrdinalIgnoreCase).ShouldBeFalse(text.Length > 2000 ? "in the log or the database" : text);
        }

        var changes = (string)(await host.SqlAsync("SELECT string_agg(fields::text, ' ') FROM changes WHERE record_id = $1", id))!;
        changes.ShouldContain("last4");
        changes.ShouldNotContain("v1|");
    }

    private sealed class CollectedLog : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = [];

        public string Text => string.Join('\n', _lines);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
            // Keeps nothing open.
        }
    }
}
