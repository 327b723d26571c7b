using System.Buffers;

namespace Crm.Infrastructure.Telemetry;

/// <summary>How a thing to log looks as one line.</summary>
internal interface ILogFormat
{
    /// <summary>Writes the line, with its line feed. Whatever its values hold, it stays one line.</summary>
    void Write(in LogEvent entry, ArrayBufferWriter<byte> line);
}
