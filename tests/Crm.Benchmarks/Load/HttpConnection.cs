using System.Net;
using System.Net.Sockets;

namespace Crm.Benchmarks.Load;

/// <summary>
/// One connection, one request at a time, on a bare socket: a full HTTP client would take processor time from the servers under test.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly byte[] _request = new byte[4096];
    private readonly byte[] _body = new byte[2048];
    private readonly ResponseReader _response = new();

    /// <summary>Connects.</summary>
    public HttpConnection(Uri url)
    {
        Socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Socket.Connect(new IPEndPoint(IPAddress.Parse(url.Host), url.Port));
    }

    /// <summary>For waiting until something has come.</summary>
    public Socket Socket { get; }

    /// <summary>The status of the last complete answer.</summary>
    public int Status => _response.Status;

    /// <summary>When the present request was sent, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    public long SentAt { get; set; }

    /// <summary>Sends one request.</summary>
    public void Send(Scenario scenario, Target target, in Pick pick)
    {
        var body = new RequestWriter(_body);
        scenario.WriteBody(ref body, pick);
        var request = new RequestWriter(_request);
        request.Append(scenario.Method);
        request.Append(" "u8);
        scenario.WritePath(ref request, pick);
        request.Append(" HTTP/1.1\r\nHost: bench\r\nAccept: application/json\r\n"u8);
        request.Append(target.TenantHeaders[pick.TenantIndex]);
        if (body.Length > 0)
        {
            request.Append("\r\nContent-Type: application/json\r\nContent-Length: "u8);
            request.Append(body.Length);
        }

        request.Append("\r\n\r\n"u8);
        request.Append(body.Written);
        _response.Reset();
        var written = request.Written;
        while (written.Length > 0)
            written = written[Socket.Send(written)..];
    }

    /// <summary>Takes what has come.</summary>
    /// <exception cref="IOException">The server has closed the connection.</exception>
    public bool Receive()
    {
        var count = Socket.Receive(_response.Free.Span);
        return count > 0 ? _response.Advance(count) : throw new IOException("The server closed the connection.");
    }

    /// <summary>The body of the last complete answer.</summary>
    public string Body() => _response.Body();

    /// <inheritdoc />
    public void Dispose() => Socket.Dispose();
}
