using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crm.Infrastructure.Telemetry;

/// <summary>Registers the log.</summary>
public static class LogServices
{
    /// <summary>
    /// The setting that chooses how lines look: <c>json</c> or <c>text</c>; without it a terminal gets text and everything else JSON.
    /// </summary>
    public const string FormatSetting = "Logging:Format";

    private static readonly LoggerFilterRule[] Levels =
    [
        new(null, null, LogLevel.Information, null),
        new(null, "Microsoft", LogLevel.Warning, null),
        new(null, "System", LogLevel.Warning, null),

        // What a save failed by is answered or, where it cannot be, logged by whoever has to do with it.
        new(null, "Microsoft.EntityFrameworkCore.Update", LogLevel.None, null),
        new(null, "Npgsql", LogLevel.Warning, null),
    ];

    /// <summary>
    /// Replaces all other writers by lines on an output. Unless <c>Logging:LogLevel</c> says otherwise, what the CRM itself says is logged
    /// from
    /// information on, and what the framework says from warning on.
    /// </summary>
    public static ILoggingBuilder AddLines(this ILoggingBuilder logging, Stream output, bool isTerminal)
    {
        // Of rules that are equally exact the last one counts: those of the configuration.
        logging.Services.PostConfigure<LoggerFilterOptions>(options =>
        {
            foreach (var rule in Levels)
                options.Rules.Insert(0, rule);
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
