using Crm.Infrastructure;
using Crm.Infrastructure.Persistence;
using Npgsql;

namespace Crm.Embedded;

/// <summary>How the databases of a running private cluster are reached.</summary>
public sealed class ClusterConnections
{
    /// <summary>The database the CRM lives in.</summary>
    public const string Database = "crm";

    private ClusterConnections(string socketFolder, string superuserPassword, string ownerPassword, string appPassword)
    {
        SocketFolder = socketFolder;
        SuperuserPassword = superuserPassword;
        OwnerPassword = ownerPassword;
        AppPassword = appPassword;
    }

    /// <summary>The CRM's own database.</summary>
    public DatabaseEndpoints Endpoints => new(App(Database), Owner(Database));

    /// <summary>A connection string of the cluster's superuser.</summary>
    public string Superuser(string database) => For("postgres", SuperuserPassword, database);

    /// <summary>A connection string of <c>crm_owner</c>.</summary>
    public string Owner(string database) => For("crm_owner", OwnerPassword, database);

    /// <summary>A connection string of <c>crm_app</c>.</summary>
    public string App(string database) => For("crm_app", AppPassword, database);

    internal string SocketFolder { get; }

    internal string SuperuserPassword { get; }

    internal string OwnerPassword { get; }

    internal string AppPassword { get; }

    /// <summary>Reads the passwords, making those that there are not yet.</summary>
    internal static async Task<ClusterConnections> OpenAsync(string socketFolder, SecretsFile secrets, CancellationToken cancellationToken) => new(
        socketFolder,
        await secrets.GetOrCreateAsync("superuserPassword", SecretsFile.NewPassword, cancellationToken),
        await secrets.GetOrCreateAsync("ownerPassword", SecretsFile.NewPassword, cancellationToken),
        await secrets.GetOrCreateAsync("appPassword", SecretsFile.NewPassword, cancellationToken));

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
