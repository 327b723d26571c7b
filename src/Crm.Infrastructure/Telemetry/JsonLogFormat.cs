using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Crm.Infrastructure.Telemetry;

/// <summary>One JSON object a line, for machines. JSON escapes control characters, so no value can begin a line of its own.</summary>
internal sealed class JsonLogFormat : ILogFormat
{
    // An exception's text may be as long as its causes; more than this helps nobody.
    private const int LongestException = 16 * 1024;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private const int MostNames = 1_000;
    private static readonly ConcurrentDictionary<string, JsonEncodedText> Names = new(StringComparer.Ordinal);

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    public void Write(in LogEvent entry, ArrayBufferWriter<byte> line)
    {
        var writer = _writer ??= new Utf8JsonWriter(line, Options);
        writer.Reset(line);
        writer.WriteStartObject();
        writer.WriteString("at"u8, entry.At);
        writer.WriteString("level"u8, entry.LevelName);
        writer.WriteString("category"u8, entry.Category);
        if (entry.Event is not null)
            writer.WriteString("event"u8, entry.Event);
        writer.WriteString("message"u8, entry.Message);
        if (entry.TraceId is not null)
            writer.WriteString("traceId"u8, entry.TraceId);
        foreach (var (name, value) in entry.Values)
        {
            if (name != "{OriginalFormat}")
                WriteValue(writer, name, value);
        }

        if (entry.Exception is { } exception)
        {
            var text = exception.ToString();
            writer.WriteString("exception"u8, text.Length <= LongestException ? text : text[..LongestException]);
        }

        writer.WriteEndObject();
        writer.Flush();
        line.Write("\n"u8);
    }

    // The names stand in the code, so there are few; should they not, they are encoded each time.
    private static JsonEncodedText Encode(string name)
    {
        var encoded = JsonEncodedText.Encode(JsonNamingPolicy.CamelCase.ConvertName(name), JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        if (Names.Count < MostNames)
            Names.TryAdd(name, encoded);
        return encoded;
    }

    private static void WriteValue(Utf8JsonWriter writer, string name, object? value)
    {
        writer.WritePropertyName(Names.TryGetValue(name, out var known) ? known : Encode(name));
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                writer.WriteNumberValue(Math.Round(number, 3));
                break;
            case Guid id:
                writer.WriteStringValue(id);
                break;
            default:
                writer.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
