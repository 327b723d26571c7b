using System.Text;
using Shouldly;

namespace Crm.Application.Tests.Telemetry;

/// <summary>An output whose reader reads only while the gate is open.</summary>
internal sealed class GatedStream : Stream
{
    private readonly ManualResetEventSlim _gate = new();
    private readonly MemoryStream _written = new();

    public int Writes { get; private set; }

    public string Text
    {
        get
        {
            lock (_written)
                return Encoding.UTF8.GetString(_written.ToArray());
        }
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public void Open() => _gate.Set();

    public async Task HasAsync(string text)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!Text.Contains(text, StringComparison.Ordinal))
            await Task.Delay(5, limit.Token);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _gate.Wait();
        Writes++;
        lock (_written)
            _written.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}

internal static class LineShould
{
    /// <summary>Demands that what was written is one line and its line feed.</summary>
    public static string ShouldBeOneLine(this string[] parts)
    {
        parts.Length.ShouldBe(2);
        parts[1].ShouldBe("");
        return parts[0];
    }
}
