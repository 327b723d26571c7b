using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crm.Infrastructure.Telemetry;

/// <summary>Registers the log.</summary>
public static class LogServices
{
    /// <summary>The setting that chooses how lines look: <c>json</c> or <c>text</c>; without it a terminal gets text and everything else JSON.</summary>
    public const string FormatSetting = "Logging:Format";

    /// <summary>
    /// Replaces all other writers by lines on an output. Who is not asked otherwise by <c>Logging:LogLevel</c> logs what the CRM itself says from
    /// information on, and what the framework says from warning on.
    /// </summary>
    /// <param name="logging">The log in the making.</param>
    /// <param name="configuration">The configuration; gets the levels above as its weakest source.</param>
    /// <param name="output">Where the lines go.</param>
    /// <param name="isTerminal">Whether a person looks on.</param>
    /// <returns>The same log.</returns>
    public static ILoggingBuilder AddLines(this ILoggingBuilder logging, IConfigurationBuilder configuration, Stream output, bool isTerminal)
    {
        configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                ["Logging:LogLevel:Default"] = nameof(LogLevel.Information),
                ["Logging:LogLevel:Microsoft"] = nameof(LogLevel.Warning),
                ["Logging:LogLevel:System"] = nameof(LogLevel.Warning),
                ["Logging:LogLevel:Npgsql"] = nameof(LogLevel.Warning),
            },
        });
        logging.ClearProviders();
        logging.Services.AddSingleton<ILoggerProvider>(services =>
        {
            var format = services.GetRequiredService<IConfiguration>()[FormatSetting];
            var text = format is null ? isTerminal : string.Equals(format, "text", StringComparison.OrdinalIgnoreCase);
            return new LineLoggerProvider(output, text ? new TextLogFormat() : new JsonLogFormat(), services.GetRequiredService<TimeProvider>());
        });
        return logging;
    }
}
