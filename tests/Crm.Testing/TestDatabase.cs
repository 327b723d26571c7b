using Npgsql;

namespace Crm.Testing;

/// <summary>
/// A migrated, empty database for one test class: a copy of a template, made in a fraction of a second and dropped at the end.
/// </summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly string _maintenance;

    private TestDatabase(string name, string app, string owner, string superuser, string maintenance)
    {
        Name = name;
        AppConnectionString = app;
        OwnerConnectionString = owner;
        SuperConnectionString = superuser;
        _maintenance = maintenance;
    }

    /// <summary>The database's name.</summary>
    public string Name { get; }

    /// <summary>As <c>crm_app</c>, as the running system works: row-level security holds.</summary>
    public string AppConnectionString { get; }

    /// <summary>As <c>crm_owner</c>, as migrations work: row-level security holds all the same.</summary>
    public string OwnerConnectionString { get; }

    /// <summary>As the superuser, who sees every tenant's rows.</summary>
    public string SuperConnectionString { get; }

    /// <summary>Makes a database.</summary>
    public static async Task<TestDatabase> CreateAsync()
    {
        var connections = await TestCluster.ConnectionsAsync();
        var name = $"crm_test_{Guid.NewGuid():N}";
        var maintenance = connections.Superuser("postgres");
        await using var connection = new NpgsqlConnection(maintenance);
        await connection.OpenAsync();
        await TestCluster.RunAsync(connection, $"CREATE DATABASE {name} TEMPLATE {TestCluster.TemplateDatabase}");
        return new TestDatabase(name, Few(connections.App(name)), Few(connections.Owner(name)), Few(connections.Superuser(name)), maintenance);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var used in new[] { AppConnectionString, OwnerConnectionString, SuperConnectionString })
        {
            await using var pooled = new NpgsqlConnection(used);
            NpgsqlConnection.ClearPool(pooled);
        }

        await using var connection = new NpgsqlConnection(_maintenance);
        await connection.OpenAsync();
        await TestCluster.RunAsync(connection, $"DROP DATABASE IF EXISTS {Name} WITH (FORCE)");
    }

    // Many test classes share one server.
    private static string Few(string connection) => new NpgsqlConnectionStringBuilder(connection) { MaxPoolSize = 20 }.ConnectionString;
}
