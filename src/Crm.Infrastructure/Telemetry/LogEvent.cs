using Microsoft.Extensions.Logging;

namespace Crm.Infrastructure.Telemetry;

/// <summary>One thing to log.</summary>
/// <param name="At">When it happened, UTC.</param>
/// <param name="Level">How grave it is.</param>
/// <param name="Category">Who says it.</param>
/// <param name="Event">What kind of thing it is; <c>null</c> when it has no name.</param>
/// <param name="Message">It in words.</param>
/// <param name="Values">Its values by name; empty when it has none.</param>
/// <param name="Exception">The failure that goes with it, if any.</param>
/// <param name="TraceId">The trace it belongs to, if any.</param>
internal readonly record struct LogEvent(
    DateTime At, LogLevel Level, string Category, string? Event, string Message, IReadOnlyList<KeyValuePair<string, object?>> Values, Exception? Exception, string? TraceId)
{
    /// <summary>The level in one short word.</summary>
    public string LevelName => Level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "error",
        _ => "critical",
    };
}
