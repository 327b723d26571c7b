using Crm.Infrastructure.Persistence;
using Npgsql;

namespace Crm.Infrastructure.Embedded;

/// <summary>How the databases of a running private cluster are reached.</summary>
public sealed class ClusterConnections
{
    /// <summary>The database the CRM lives in.</summary>
    public const string Database = "crm";

    private readonly SecretsFile _secrets;

    internal ClusterConnections(string socketFolder, SecretsFile secrets)
    {
        SocketFolder = socketFolder;
        _secrets = secrets;
    }

    /// <summary>The CRM's own database.</summary>
    public DatabaseEndpoints Endpoints => new(App(Database), Owner(Database));

    /// <summary>A connection string of the cluster's superuser.</summary>
    /// <param name="database">The database.</param>
    /// <returns>The connection string.</returns>
    public string Superuser(string database) => For("postgres", SuperuserPassword, database);

    /// <summary>A connection string of <c>crm_owner</c>.</summary>
    /// <param name="database">The database.</param>
    /// <returns>The connection string.</returns>
    public string Owner(string database) => For("crm_owner", OwnerPassword, database);

    /// <summary>A connection string of <c>crm_app</c>.</summary>
    /// <param name="database">The database.</param>
    /// <returns>The connection string.</returns>
    public string App(string database) => For("crm_app", AppPassword, database);

    internal string SocketFolder { get; }

    internal string SuperuserPassword => _secrets.GetOrCreate("superuserPassword", SecretsFile.NewPassword);

    internal string OwnerPassword => _secrets.GetOrCreate("ownerPassword", SecretsFile.NewPassword);

    internal string AppPassword => _secrets.GetOrCreate("appPassword", SecretsFile.NewPassword);

    private string For(string user, string password, string database) => new NpgsqlConnectionStringBuilder
    {
        Host = SocketFolder,
        Port = PrivateCluster.Port,
        Username = user,
        Password = password,
        Database = database,
        ApplicationName = "crm",
    }.ConnectionString;
}
