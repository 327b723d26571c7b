using System.Buffers.Text;
using System.Text;

namespace Crm.Benchmarks.Load;

/// <summary>
/// Finds the end of one HTTP/1.1 answer in a buffer that fills bit by bit: by Content-Length, by chunks, or at once where there is no body.
/// </summary>
internal sealed class ResponseReader
{
    private const int LargestResponse = 4 * 1024 * 1024;

    private byte[] _buffer = new byte[64 * 1024];
    private int _filled;
    private int _scanned;
    private int _bodyStart;
    private int _bodyEnd;
    private bool _chunked;

    /// <summary>The status of the answer; 0 until its head has come.</summary>
    public int Status { get; private set; }

    /// <summary>Where the next bytes go.</summary>
    public Memory<byte> Free
    {
        get
        {
            if (_filled == _buffer.Length)
            {
                if (_buffer.Length >= LargestResponse)
                    throw new InvalidDataException("The answer is too long.");
                Array.Resize(ref _buffer, _buffer.Length * 2);
            }

            return _buffer.AsMemory(_filled);
        }
    }

    /// <summary>Makes ready for the next answer.</summary>
    public void Reset()
    {
        (_filled, _scanned, _bodyStart, _bodyEnd, _chunked, Status) = (0, 0, 0, 0, false, 0);
    }

    /// <summary>Counts bytes that were put into <see cref="Free"/>.</summary>
    public bool Advance(int count)
    {
        _filled += count;
        if (Status == 0 && !ReadHead())
            return false;

        return _chunked ? ReadChunks() : _filled >= _bodyEnd;
    }

    /// <summary>The body of a complete answer, freed of its chunks.</summary>
    public string Body()
    {
        if (!_chunked)
            return Encoding.UTF8.GetString(_buffer, _bodyStart, _bodyEnd - _bodyStart);

        using var body = new MemoryStream();
        for (var at = _bodyStart; TryChunk(at, out var start, out var length) && length > 0; at = start + length + 2)
            body.Write(_buffer, start, length);
        return Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length);
    }

    private bool ReadHead()
    {
        var end = _buffer.AsSpan(0, _filled).IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;

        var head = _buffer.AsSpan(0, end + 2);
        if (head.Length < 12 || !Utf8Parser.TryParse(head[9..], out int status, out _))
            throw new InvalidDataException("That is not an HTTP answer.");

        Status = status;
        _bodyStart = _scanned = _bodyEnd = end + 4;
        _chunked = head.IndexOf("Transfer-Encoding: chunked"u8) >= 0;
        var length = head.IndexOf("Content-Length: "u8);
        if (length >= 0 && Utf8Parser.TryParse(head[(length + 16)..], out int bytes, out _))
            _bodyEnd += bytes;
        return true;
    }

    private bool ReadChunks()
    {
        while (TryChunk(_scanned, out var start, out var length) && start + length + 2 <= _filled)
        {
            if (length == 0)
                return true;
            _scanned = start + length + 2;
        }

        return false;
    }

    private bool TryChunk(int at, out int start, out int length)
    {
        (start, length) = (0, 0);
        var line = _buffer.AsSpan(at, _filled - at).IndexOf("\r\n"u8);
        if (line < 0)
            return false;
        if (!Utf8Parser.TryParse(_buffer.AsSpan(at, line), out length, out _, 'x'))
            throw new InvalidDataException("That is not a chunk.");

        start = at + line + 2;
        return true;
    }
}
