using System.Security.Cryptography;
using System.Text;
using Crm.Infrastructure;

namespace Crm.Embedded;

/// <summary>
/// The folders of a private cluster: its home, with the secrets and the lock, and the place of PostgreSQL's own files, which is within the
/// home unless the account PostgreSQL runs as cannot get there.
/// </summary>
internal sealed class ClusterHome
{
    // The path of a socket must fit 107 bytes, with the socket's own name in it.
    private const int LongestSocketFolder = 80;

    private ClusterHome(string root, string postgres, PostgresAccount account)
    {
        Root = root;
        Postgres = postgres;
        Account = account;
    }

    /// <summary>The home, such as <c>/srv/crm/.crm</c>.</summary>
    public string Root { get; }

    /// <summary>The folder of PostgreSQL's own files; belongs to the account.</summary>
    public string Postgres { get; }

    /// <summary>The account PostgreSQL runs as.</summary>
    public PostgresAccount Account { get; }

    /// <summary>PostgreSQL's data.</summary>
    public string Data => Path.Combine(Postgres, "data");

    /// <summary>What PostgreSQL writes while it runs.</summary>
    public string Log => Path.Combine(Postgres, "postgres.log");

    /// <summary>The file that is there while the server runs, with its process id, its socket's folder and its state.</summary>
    public string ProcessFile => Path.Combine(Data, "postmaster.pid");

    /// <summary>The secrets that belong to the data.</summary>
    public SecretsFile Secrets => SecretsFile.In(Root);

    /// <summary>Finds the folders of a home, and makes the home.</summary>
    public static async Task<ClusterHome> OpenAsync(string home, CancellationToken cancellationToken)
    {
        var root = CrmHome.Create(home);
        var within = Path.Combine(root, "postgres");
        var elsewhere = Path.Combine("/var/lib", $"crm-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(root)))[..12]}");
        var account = await PostgresAccount.ChooseAsync([Path.Combine(within, "data"), Path.Combine(elsewhere, "data")], cancellationToken);
        return new ClusterHome(root, await PlaceAsync(root, within, elsewhere, account, cancellationToken), account);
    }

    /// <summary>Makes the home this process's alone, until the result is disposed or the process ends, however it ends.</summary>
    public IDisposable? TryLock()
    {
        try
        {
            return new FileStream(Path.Combine(Root, "lock"), SecretsFile.OwnerOnly(FileMode.OpenOrCreate));
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException failure)
        {
            throw CrmHome.NotWritable(Root, failure);
        }
    }

    /// <summary>Makes the folder of the server's socket, which only the account can enter.</summary>
    public async Task<string> MakeSocketFolderAsync(CancellationToken cancellationToken)
    {
        var within = Path.Combine(Postgres, "run");
        var folder = Encoding.UTF8.GetByteCount(within) <= LongestSocketFolder ? within : Directory.CreateTempSubdirectory("crm-").FullName;
        await Account.OwnFolderAsync(folder, cancellationToken);
        return folder;
    }

    private static async Task<string> PlaceAsync(string root, string within, string elsewhere, PostgresAccount account, CancellationToken cancellationToken)
    {
        // What was made stays where it is, even when the way to it has opened since.
        if (Directory.Exists(Path.Combine(elsewhere, "data")))
            return elsewhere;
        if (await account.CanReachAsync(root, cancellationToken))
            return within;
        return Directory.Exists(Path.Combine(within, "data")) || !await account.CanReachAsync("/var/lib", cancellationToken)
            ? throw ClusterErrors.Unreachable(root, account.Name!)
            : elsewhere;
    }
}
