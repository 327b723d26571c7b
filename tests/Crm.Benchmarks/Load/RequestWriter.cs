using System.Buffers.Text;

namespace Crm.Benchmarks.Load;

/// <summary>Writes ASCII into a buffer that is used again for every request, so that the load generator costs little.</summary>
internal ref struct RequestWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    /// <summary>How many bytes have been written.</summary>
    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _buffer[..Length];

    public void Append(scoped ReadOnlySpan<byte> text)
    {
        text.CopyTo(_buffer[Length..]);
        Length += text.Length;
    }

    public void Append(Guid id)
    {
        if (!id.TryFormat(_buffer[Length..], out var written, default))
            throw new InvalidOperationException("The request is too long for its buffer.");
        Length += written;
    }

    public void Append(long number)
    {
        if (!Utf8Formatter.TryFormat(number, _buffer[Length..], out var written))
            throw new InvalidOperationException("The request is too long for its buffer.");
        Length += written;
    }
}
