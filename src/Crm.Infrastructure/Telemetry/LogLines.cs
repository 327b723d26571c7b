using System.Buffers;

namespace Crm.Infrastructure.Telemetry;

/// <summary>
/// Gathers log lines and writes them a batch at a time on a thread of its own: who logs never waits for the one who reads. A line that
/// finds no room is dropped and counted, and the count is written when there is room again.
/// </summary>
public sealed class LogLines : IDisposable
{
    /// <summary>So many lines are written at once; fewer wait for company.</summary>
    public const int BatchSize = 1_000;

    /// <summary>So many bytes may wait to be written: 8 MiB.</summary>
    public const int MaxWaitingBytes = 8 * 1024 * 1024;

    /// <summary>So long a line waits for company at most.</summary>
    public static readonly TimeSpan FlushInterval = TimeSpan.FromMilliseconds(100);

    // A reader that has stopped reading must not keep the process from ending.
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(2);

    private readonly object _gate = new();
    private readonly Stream _output;
    private readonly Func<long, byte[]> _reportDropped;
    private readonly Thread _writer;
    private ArrayBufferWriter<byte> _waiting = new(64 * 1024);
    private ArrayBufferWriter<byte> _writing = new(64 * 1024);
    private int _count;
    private long _dropped;
    private bool _closed;

    /// <summary>Begins to write.</summary>
    public LogLines(Stream output, Func<long, byte[]> reportDropped)
    {
        _output = output;
        _reportDropped = reportDropped;
        _writer = new Thread(Run) { IsBackground = true, Name = "log lines" };
        _writer.Start();
    }

    /// <summary>Adds a line.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        lock (_gate)
        {
            if (_closed || _waiting.WrittenCount + line.Length > MaxWaitingBytes)
            {
                _dropped++;
                return;
            }

            _waiting.Write(line);
            if (++_count is 1 or BatchSize)
                Monitor.Pulse(_gate);
        }
    }

    /// <summary>Writes what is waiting and ends.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }

        _writer.Join(LongestFarewell);
    }

    private void Run()
    {
        while (TakeBatch(out var dropped))
        {
            try
            {
                _output.Write(_writing.WrittenSpan);
                if (dropped > 0)
                    _output.Write(_reportDropped(dropped));
                _output.Flush();
            }
            catch (IOException)
            {
                // Nobody reads any more. There is no other place to say so, and the system goes on without.
            }

            _writing.ResetWrittenCount();
        }
    }

    private bool TakeBatch(out long dropped)
    {
        lock (_gate)
        {
            while (_count == 0 && !_closed)
                Monitor.Wait(_gate);
            if (_count < BatchSize && !_closed)
                Monitor.Wait(_gate, FlushInterval);

            (_waiting, _writing) = (_writing, _waiting);
            (dropped, _dropped) = (_dropped, 0);
            var count = _count;
            _count = 0;
            return count > 0 || dropped > 0;
        }
    }
}
