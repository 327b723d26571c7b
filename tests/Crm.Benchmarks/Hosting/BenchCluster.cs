using Crm.Embedded;
using Npgsql;

namespace Crm.Benchmarks.Hosting;

/// <summary>
/// A PostgreSQL server for one run, with the settings the product gives its own private cluster; only the counting of commands is added and
/// automatic vacuuming is off. Its data goes when it does.
/// </summary>
internal sealed class BenchCluster : IAsyncDisposable
{
    private readonly PrivateCluster _cluster;

    private BenchCluster(PrivateCluster cluster) => _cluster = cluster;

    /// <summary>A superuser's connection string.</summary>
    public string Admin => _cluster.Connections.Superuser("postgres");

    /// <summary>Makes and starts the server.</summary>
    public static async Task<BenchCluster> StartAsync(CancellationToken cancellationToken)
    {
        var options = new PrivateClusterOptions(Path.Combine(Path.GetTempPath(), $"crm-bench-{Guid.NewGuid().ToString("N")[..12]}"));
        try
        {
            // A library that counts commands can only be loaded when the server starts: so it is started, told, and started again.
            await using (var first = await PrivateCluster.StartAsync(options, cancellationToken))
                await ConfigureAsync(first.Connections.Superuser("postgres"), cancellationToken);
            return new BenchCluster(await PrivateCluster.StartAsync(options, cancellationToken));
        }
        catch
        {
            Remove(options.Home);
            throw;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        Remove(_cluster.Home);
    }

    private static void Remove(string home)
    {
        if (Directory.Exists(home))
            Directory.Delete(home, recursive: true);
    }

    private static async Task ConfigureAsync(string admin, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(admin);
        await connection.OpenAsync(cancellationToken);
        foreach (var setting in new[] { "shared_preload_libraries = 'pg_stat_statements'", "autovacuum = off" })
        {
            await using var command = new NpgsqlCommand($"ALTER SYSTEM SET {setting}", connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
