using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Crm.Testing;

/// <summary>
/// A way to the test database that can be cut, as if its server had been stopped: what is under way breaks off, and nothing new is taken.
/// </summary>
public sealed class Wire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _cut = new();
    private readonly string _server;
    private readonly Task _serving;

    /// <summary>Lays a wire.</summary>
    public Wire(string connectionString)
    {
        var direct = new NpgsqlConnectionStringBuilder(connectionString);
        _server = Path.Combine(direct.Host!, string.Create(CultureInfo.InvariantCulture, $".s.PGSQL.{direct.Port}"));
        _listener.Start();
        ConnectionString = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Host = IPAddress.Loopback.ToString(),
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
            SslMode = SslMode.Disable,
        }.ConnectionString;
        _serving = ServeAsync();
    }

    /// <summary>How the database is reached over the wire.</summary>
    public string ConnectionString { get; }

    /// <summary>Cuts it, for good.</summary>
    public async Task CutAsync()
    {
        await _cut.CancelAsync();
        _listener.Stop();
        await _serving;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await CutAsync();
        _cut.Dispose();
    }

    private async Task ServeAsync()
    {
        var wires = new List<Task>();
        try
        {
            while (true)
                wires.Add(CarryAsync(await _listener.AcceptSocketAsync(_cut.Token)));
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(wires);
        }
    }

    private async Task CarryAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using (client)
        {
            try
            {
                await server.ConnectAsync(new UnixDomainSocketEndPoint(_server), _cut.Token);
                await using var near = new NetworkStream(client);
                await using var far = new NetworkStream(server);
                await Task.WhenAny(near.CopyToAsync(far, _cut.Token), far.CopyToAsync(near, _cut.Token));
            }
            catch (Exception cut) when (cut is OperationCanceledException or SocketException or IOException)
            {
                // Either end has gone.
            }
        }
    }
}
