using System.Buffers;
using System.Globalization;
using System.Text;

namespace Crm.Infrastructure.Telemetry;

/// <summary>One plain line, for a person at a terminal.</summary>
internal sealed class TextLogFormat : ILogFormat
{
    public void Write(in LogEvent entry, ArrayBufferWriter<byte> line)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{entry.At:HH:mm:ss.fff} {entry.LevelName,-5} ");
        AppendEscaped(text, entry.Message);
        if (entry.Exception is { } exception)
        {
            text.Append(" | ");
            AppendEscaped(text, exception.ToString());
        }

        text.Append('\n');
        foreach (var chunk in text.GetChunks())
            Encoding.UTF8.GetBytes(chunk.Span, line);
    }

    // A control character could begin a forged line, or make the terminal do things.
    private static void AppendEscaped(StringBuilder text, string value)
    {
        foreach (var c in value)
        {
            if (char.IsControl(c) || c is '\u2028' or '\u2029')
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                text.Append(c);
        }
    }
}
