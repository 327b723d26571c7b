using Crm.Embedded;
using Crm.Infrastructure.Persistence;
using Npgsql;

namespace Crm.Testing;

/// <summary>
/// The PostgreSQL server of a test run: the one named by <c>CRM_TEST_CLUSTER</c>, which build/test.sh starts for all projects, else one of
/// this process's own, which ends with it. What is in it is thrown away, so it does not wait for the disk.
/// </summary>
public static class TestCluster
{
    /// <summary>The environment variable with the home of the server that the projects of a run share.</summary>
    public const string Variable = "CRM_TEST_CLUSTER";

    private const string Template = "crm_template";
    private const string HomePrefix = "crm-test-";

    private static readonly Lazy<Task<ClusterConnections>> Ready = new(OpenAsync);

    /// <summary>The server, with the migrated template in it; started by the first who asks.</summary>
    public static Task<ClusterConnections> ConnectionsAsync() => Ready.Value;

    /// <summary>Starts a server for tests, with its data in a folder of its own.</summary>
    public static Task<PrivateCluster> StartAsync(string home)
    {
        DeleteLeftOver();
        return PrivateCluster.StartAsync(new PrivateClusterOptions(home) { Durable = false, MaxConnections = 400 }, CancellationToken.None);
    }

    /// <summary>A folder for a server that does not exist yet.</summary>
    public static string NewHome() => Path.Combine(Path.GetTempPath(), HomePrefix + Guid.NewGuid().ToString("N")[..12]);

    /// <summary>Stops a server and deletes its folder.</summary>
    public static async Task DiscardAsync(PrivateCluster cluster)
    {
        await cluster.DisposeAsync();
        try
        {
            Directory.Delete(cluster.Home, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Another run took it for one left over, which it was.
        }
    }

    internal static string TemplateDatabase => Template;

    private static async Task<ClusterConnections> OpenAsync()
    {
        var shared = Environment.GetEnvironmentVariable(Variable);
        var cluster = string.IsNullOrEmpty(shared) ? await StartOwnAsync() : await PrivateCluster.JoinAsync(shared, CancellationToken.None);
        await MakeTemplateAsync(cluster.Connections);
        return cluster.Connections;
    }

    private static async Task<PrivateCluster> StartOwnAsync()
    {
        var cluster = await StartAsync(NewHome());
        AppDomain.CurrentDomain.ProcessExit += (_, _) => DiscardAsync(cluster).GetAwaiter().GetResult();
        return cluster;
    }

    // One process makes the template; the others wait, then find it. It gets its name when it is complete.
    private static async Task MakeTemplateAsync(ClusterConnections connections)
    {
        const string unfinished = Template + "_unfinished";
        await using var connection = new NpgsqlConnection(connections.Superuser("postgres"));
        await connection.OpenAsync();
        await RunAsync(connection, "SELECT pg_advisory_lock(1)");
        await using var exists = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection)
        {
            Parameters = { new() { Value = Template } },
        };
        if (await exists.ExecuteScalarAsync() is null)
        {
            await RunAsync(connection, $"DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)");
            await RunAsync(connection, $"CREATE DATABASE {unfinished}");
            await DatabaseBootstrap.RunAsync(Unpooled(connections.Superuser(unfinished)), CancellationToken.None);
            await DatabaseMigrator.MigrateAsync(Unpooled(connections.Owner(unfinished)), CancellationToken.None);
            await RunAsync(connection, $"ALTER DATABASE {unfinished} RENAME TO {Template}");
        }

        await RunAsync(connection, "SELECT pg_advisory_unlock(1)");
    }

    internal static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    // A database that is copied or renamed may have no connection, not even an idle one.
    private static string Unpooled(string connection) => new NpgsqlConnectionStringBuilder(connection) { Pooling = false }.ConnectionString;

    // A run that was killed could not clean up; a folder that nobody has locked belongs to such a run.
    private static void DeleteLeftOver()
    {
        foreach (var home in Directory.EnumerateDirectories(Path.GetTempPath(), HomePrefix + "*"))
        {
            try
            {
                if (!File.Exists(Path.Combine(home, "lock")))
                    continue;
                using (new FileStream(Path.Combine(home, "lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                    Directory.Delete(home, recursive: true);
            }
            catch (Exception inUse) when (inUse is IOException or UnauthorizedAccessException)
            {
                // In use by another run, or another account's.
            }
        }
    }
}
