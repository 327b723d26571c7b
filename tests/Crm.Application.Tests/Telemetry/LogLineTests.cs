using System.Text;
using System.Text.Json.Nodes;
using Crm.Infrastructure.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Telemetry;

public sealed partial class LogLineTests
{
    private const string Forged = "x\r\n{\"level\":\"critical\"}\u0085\u2028\u001b[2J\u0000";

    [Fact]
    public void Whatever_a_value_holds_JSON_stays_one_line_and_says_it_whole()
    {
        var text = Log(new MemoryStream(), "json", (ILogger logger) => Said(logger, Forged, 7, new InvalidOperationException("first\nsecond")));

        var line = text.Split('\n').ShouldBeOneLine();
        line.ShouldNotContain('\u001b');
        line.ShouldNotContain('\u0085');
        line.ShouldNotContain('\u2028');
        var parsed = JsonNode.Parse(line)!;
        ((string?)parsed["level"]).ShouldBe("warn");
        ((string?)parsed["word"]).ShouldBe(Forged);
        ((int?)parsed["number"]).ShouldBe(7);
        ((string?)parsed["message"]).ShouldBe($"{Forged} was said 7 times");
        ((string)parsed["exception"]!).ShouldContain("first\nsecond");
    }

    [Fact]
    public void Whatever_a_value_holds_text_stays_one_line()
    {
        var line = Log(new MemoryStream(), "text", (ILogger logger) => Said(logger, Forged, 7, new InvalidOperationException("first\nsecond"))).Split('\n').ShouldBeOneLine();

        line.ShouldContain("warn");
        line.ShouldContain("x\\u000d\\u000a{");
        line.ShouldContain("first\\u000asecond");
        line.Any(char.IsControl).ShouldBeFalse();
    }

    [Fact]
    public void A_terminal_gets_text_and_a_pipe_JSON()
    {
        Log(new MemoryStream(), null, (ILogger logger) => Said(logger, "a", 1, null), isTerminal: false).ShouldStartWith("{");
        Log(new MemoryStream(), null, (ILogger logger) => Said(logger, "a", 1, null), isTerminal: true).ShouldNotStartWith("{");
    }

    [Fact]
    public void The_framework_is_heard_from_warnings_on_and_the_CRM_from_information_on()
    {
        var text = Log(new MemoryStream(), "json", All);
        var asked = Log(new MemoryStream(), "json", All, settings: ("Logging:LogLevel:Microsoft", "Information"));

        text.ShouldContain("own");
        text.ShouldNotContain("framework");
        text.ShouldNotContain("driver");
        asked.ShouldContain("framework");

        static void All(ILoggerFactory factory)
        {
            Heard(factory.CreateLogger("Microsoft.AspNetCore.Hosting"), "framework");
            Heard(factory.CreateLogger("Npgsql.Command"), "driver");
            Heard(factory.CreateLogger("Crm.Api"), "own");
        }
    }

    [Fact]
    public async Task A_line_is_written_without_waiting_for_others()
    {
        var output = new GatedStream();
        output.Open();
        using var lines = new LogLines(output, _ => []);

        lines.Add("one\n"u8);

        await output.HasAsync("one\n");
    }

    [Fact]
    public void Many_lines_are_written_in_few_writes()
    {
        var output = new GatedStream();
        output.Open();
        using (var lines = new LogLines(output, _ => []))
        {
            for (var i = 0; i < 10_000; i++)
                lines.Add("line\n"u8);
        }

        output.Text.Length.ShouldBe(50_000);
        output.Writes.ShouldBeLessThan(200);
    }

    [Fact]
    public async Task Who_logs_never_waits_for_a_reader_that_has_stopped_and_what_was_dropped_is_counted()
    {
        var output = new GatedStream();
        var line = Encoding.UTF8.GetBytes(new string('x', 1023) + "\n");
        const int sent = 20_000;
        using (var lines = new LogLines(output, dropped => Encoding.UTF8.GetBytes($"dropped {dropped}\n")))
        {
            for (var i = 0; i < sent; i++)
                lines.Add(line);
            output.Open();
        }

        var written = output.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var dropped = written.Where(l => l.StartsWith("dropped ", StringComparison.Ordinal)).Sum(l => int.Parse(l[8..], System.Globalization.CultureInfo.InvariantCulture));
        dropped.ShouldBeGreaterThan(0);
        (written.Count(l => l[0] == 'x') + dropped).ShouldBe(sent);
    }

    private static string Log(MemoryStream output, string? format, Action<ILogger> log, bool isTerminal = false) =>
        Log(output, format, (ILoggerFactory factory) => log(factory.CreateLogger("Crm.Test")), isTerminal);

    private static string Log(MemoryStream output, string? format, Action<ILoggerFactory> log, bool isTerminal = false, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationManager();
        if (format is not null)
            configuration[LogServices.FormatSetting] = format;
        foreach (var (key, value) in settings)
            configuration[key] = value;
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddSingleton(TimeProvider.System);
        services.AddLogging(logging => logging.AddConfiguration(configuration.GetSection("Logging")).AddLines(output, isTerminal));
        using (var provider = services.BuildServiceProvider())
            log(provider.GetRequiredService<ILoggerFactory>());
        return Encoding.UTF8.GetString(output.ToArray());
    }

    [LoggerMessage(1, LogLevel.Warning, "{Word} was said {Number} times")]
    private static partial void Said(ILogger logger, string word, int number, Exception? exception);

    [LoggerMessage(2, LogLevel.Information, "Heard {Word}")]
    private static partial void Heard(ILogger logger, string word);
}
