using System.Buffers;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Crm.Infrastructure.Telemetry;

/// <summary>Writes what is logged as lines, in batches.</summary>
internal sealed class LineLoggerProvider : ILoggerProvider
{
    private readonly ILogFormat _format;
    private readonly TimeProvider _time;
    private readonly LogLines _lines;

    public LineLoggerProvider(Stream output, ILogFormat format, TimeProvider time)
    {
        (_format, _time) = (format, time);
        _lines = new LogLines(output, Dropped);
    }

    /// <inheritdoc />
    public ILogger CreateLogger(string categoryName) => new LineLogger(categoryName, _format, _lines, _time);

    /// <inheritdoc />
    public void Dispose() => _lines.Dispose();

    private byte[] Dropped(long count)
    {
        var line = new ArrayBufferWriter<byte>();
        _format.Write(
            new LogEvent(
                _time.GetUtcNow().UtcDateTime, LogLevel.Warning, typeof(LogLines).FullName!, "LinesDropped", $"{count} log lines found no room and were dropped.",
                [new("Dropped", count)], Exception: null, TraceId: null),
            line);
        return line.WrittenSpan.ToArray();
    }
}

/// <summary>The logger of one category.</summary>
internal sealed class LineLogger(string category, ILogFormat format, LogLines lines, TimeProvider time) : ILogger
{
    // One line is made at a time on a thread, so its memory serves again.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _line;

    /// <inheritdoc />
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc />
    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    /// <inheritdoc />
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = _line ??= new ArrayBufferWriter<byte>(1024);
        line.ResetWrittenCount();
        format.Write(
            new LogEvent(
                time.GetUtcNow().UtcDateTime, logLevel, category, eventId.Name, formatter(state, exception),
                state as IReadOnlyList<KeyValuePair<string, object?>> ?? [], exception, Activity.Current?.TraceId.ToHexString()),
            line);
        lines.Add(line.WrittenSpan);
    }
}
