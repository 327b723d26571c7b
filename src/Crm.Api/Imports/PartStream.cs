namespace Crm.Api.Imports;

/// <summary>
/// Reads one part of a multipart body, and refuses with 413 what is longer than allowed. A body that breaks off is the client's fault
/// (400),
/// and told apart from a disk that cannot be written.
/// </summary>
internal sealed class PartStream(Stream inner, long largest) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    // What a stream that only goes forward cannot do, it refuses by NotSupportedException: so says the contract of Stream. Reading is
    // asynchronous alone,
    // since Kestrel allows no other.
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return Count(await inner.ReadAsync(buffer, cancellationToken));
        }
        catch (IOException broken) when (broken is not BadHttpRequestException)
        {
            throw ImportUpload.NotWellFormed();
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Count(int read)
    {
        _read += read;
        return _read <= largest
            ? read
            : throw new BadHttpRequestException($"At most {largest} bytes are taken here.", StatusCodes.Status413PayloadTooLarge);
    }
}
