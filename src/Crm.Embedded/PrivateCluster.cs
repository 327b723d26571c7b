using System.Diagnostics;
using Crm.Domain.Common;
using Npgsql;

namespace Crm.Embedded;

/// <summary>
/// A PostgreSQL server of the system's own, for running without any configuration: made, started and stopped by the process that holds it.
/// It listens on a Unix socket that only its account and root can reach, so it needs no port and nobody else sees it. The server stops
/// with the process, however the process ends.
/// </summary>
public sealed class PrivateCluster : IAsyncDisposable
{
    // Part of the socket's name; no port is opened.
    internal const int Port = 5432;

    private readonly ClusterServer? _server;
    private readonly Process? _watch;
    private readonly IDisposable? _lock;
    private readonly TimeSpan _timeout;
    private bool _stopped;

    private PrivateCluster(string home, string data, ClusterConnections connections, ClusterServer? server, Process? watch, IDisposable? held, TimeSpan timeout)
    {
        Home = home;
        Data = data;
        Connections = connections;
        _server = server;
        _watch = watch;
        _lock = held;
        _timeout = timeout;
    }

    /// <summary>The full path of the home.</summary>
    public string Home { get; }

    /// <summary>The full path of PostgreSQL's data, usually within the home.</summary>
    public string Data { get; }

    /// <summary>How its databases are reached.</summary>
    public ClusterConnections Connections { get; }

    /// <summary>
    /// Starts the cluster of a home, making it first when there is none; its database has the roles, but is not migrated.
    /// </summary>
    /// <exception cref="CannotRunException">Programs are missing or too old, another process holds the home, the disk is
    /// full, …; the message is one sentence for the operator.</exception>
    public static async Task<PrivateCluster> StartAsync(PrivateClusterOptions options, CancellationToken cancellationToken)
    {
        var home = await ClusterHome.OpenAsync(options.Home, cancellationToken);
        var held = home.TryLock() ?? throw ClusterErrors.AlreadyRunning(home.Root);
        try
        {
            var places = options.Places ?? BinaryPlaces.OfThisMachine(home.Root);
            var binaries = await PostgresBinaries.FindAsync(places, home.Data, cancellationToken);
            if (!await home.Account.CanReachAsync(binaries["postgres"], cancellationToken))
                throw ClusterErrors.Unreachable(binaries.Directory, home.Account.Name!);
            return await StartAsync(home, binaries, options, held, cancellationToken);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Joins the cluster of a home that another process has started; disposing the result leaves it running.</summary>
    /// <exception cref="CannotRunException"><c>not_running</c>: there is none, or it is not ready.</exception>
    public static async Task<PrivateCluster> JoinAsync(string home, CancellationToken cancellationToken)
    {
        var folders = await ClusterHome.OpenAsync(home, cancellationToken);
        var socketFolder = ClusterServer.FindSocketFolder(folders) ?? throw ClusterErrors.NotRunning(folders.Root);
        var connections = await ClusterConnections.OpenAsync(socketFolder, folders.Secrets, cancellationToken);
        return new PrivateCluster(folders.Root, folders.Data, connections, null, null, null, TimeSpan.Zero);
    }

    /// <summary>Starts the cluster of a home, or joins it when another process has started it.</summary>
    public static async Task<PrivateCluster> StartOrJoinAsync(PrivateClusterOptions options, CancellationToken cancellationToken)
    {
        var home = await ClusterHome.OpenAsync(options.Home, cancellationToken);
        var free = home.TryLock();
        free?.Dispose();
        return free is null ? await JoinAsync(options.Home, cancellationToken) : await StartAsync(options, cancellationToken);
    }

    /// <summary>Stops the server when this process started it, without waiting for its clients.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopped || _watch is null)
            return;

        _stopped = true;
        NpgsqlConnection.ClearAllPools();
        _watch.StandardInput.Close();
        using var limit = new CancellationTokenSource(_timeout);
        try
        {
            await _watch.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _watch.Kill();
        }

        if (File.Exists(Path.Combine(Data, "postmaster.pid")))
            await _server!.StopAsync(CancellationToken.None);
        _watch.Dispose();
        if (Path.GetDirectoryName(Connections.SocketFolder) != Path.GetDirectoryName(Data))
            Directory.Delete(Connections.SocketFolder, recursive: true);
        _lock?.Dispose();
    }

    private static async Task<PrivateCluster> StartAsync(
        ClusterHome home, PostgresBinaries binaries, PrivateClusterOptions options, IDisposable held, CancellationToken cancellationToken)
    {
        var server = new ClusterServer(home, binaries, options.Timeout);
        var isNew = !Directory.Exists(home.Data);
        var passwords = await ClusterConnections.OpenAsync("", home.Secrets, cancellationToken);
        if (isNew)
            await new ClusterCreation(home, binaries, options).RunAsync(passwords.SuperuserPassword, cancellationToken);

        PrivateCluster? cluster = null;
        try
        {
            var socketFolder = await home.MakeSocketFolderAsync(cancellationToken);
            var connections = await ClusterConnections.OpenAsync(socketFolder, home.Secrets, cancellationToken);
            var watch = await server.StartAsync(socketFolder, cancellationToken);
            cluster = new PrivateCluster(home.Root, home.Data, connections, server, watch, held, options.Timeout);
            await ClusterDatabase.PrepareAsync(cluster.Connections, home.Secrets, cancellationToken);
            return cluster;
        }
        catch
        {
            if (cluster is not null)
                await cluster.DisposeAsync();
            // Nothing is in it yet: the next attempt is to begin anew, not with what a failure left behind.
            if (isNew)
                await DiscardAsync(home, server);
            throw;
        }
    }

    private static async Task DiscardAsync(ClusterHome home, ClusterServer server)
    {
        if (File.Exists(home.ProcessFile))
            await server.StopAsync(CancellationToken.None);
        Directory.Delete(home.Data, recursive: true);
    }
}

/// <summary>What a private cluster is to be.</summary>
/// <param name="Home">The folder it lives in, with its secrets; made when it is not there.</param>
public sealed record PrivateClusterOptions(string Home)
{
    /// <summary>Where PostgreSQL's programs are looked for; <c>null</c> for the places of this machine.</summary>
    public BinaryPlaces? Places { get; init; }

    /// <summary>Whether what is committed survives a power failure. <c>false</c> for tests alone, whose data is thrown away.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>How many connections the server takes, 10–1000.</summary>
    public int MaxConnections { get; init; } = 200;

    /// <summary>How long starting, and stopping, may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);
}
