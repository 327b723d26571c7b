using System.Globalization;

namespace Crm.Embedded;

/// <summary>
/// The account PostgreSQL runs as. PostgreSQL refuses root: a system started as root hands its programs to an account without privileges,
/// which then owns the data.
/// </summary>
internal sealed class PostgresAccount
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private readonly IReadOnlyList<string> _prefix;

    private PostgresAccount(string? name, IReadOnlyList<string> prefix)
    {
        Name = name;
        _prefix = prefix;
    }

    /// <summary>The account's name; <c>null</c> when it is the one the system itself runs as.</summary>
    public string? Name { get; }

    /// <summary>
    /// Chooses the account: one's own unless that is root, else the owner of data that is there already, else <c>postgres</c>, else
    /// <c>nobody</c>.
    /// </summary>
    public static async Task<PostgresAccount> ChooseAsync(IEnumerable<string> folders, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
            return new PostgresAccount(null, []);

        string? owner = null;
        foreach (var folder in folders.Where(Directory.Exists))
            owner ??= (await ChildProcess.RunAsync(["stat", "-c", "%U", folder], Timeout, cancellationToken)).Output.Trim();

        var accounts = await File.ReadAllLinesAsync("/etc/passwd", cancellationToken);
        foreach (var name in new[] { owner, "postgres", "nobody" })
        {
            var fields = accounts.Select(line => line.Split(':')).FirstOrDefault(fields => fields.Length > 3 && fields[0] == name);
            if (fields is null || fields[2] == "0")
                continue;
            if (Prefix(fields[0], int.Parse(fields[2], CultureInfo.InvariantCulture), int.Parse(fields[3], CultureInfo.InvariantCulture)) is { } prefix)
                return new PostgresAccount(fields[0], prefix);
        }

        throw ClusterErrors.NoAccount();
    }

    /// <summary>A command that runs as the account.</summary>
    public IReadOnlyList<string> Command(params IEnumerable<string> command) => [.. _prefix, .. command];

    /// <summary>Makes a folder that only the account can read, or makes an existing one so.</summary>
    public async Task OwnFolderAsync(string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await OwnAsync(folder, cancellationToken);
    }

    /// <summary>Hands a file or folder to the account.</summary>
    public async Task OwnAsync(string path, CancellationToken cancellationToken)
    {
        if (Name is null)
            return;
        var changed = await ChildProcess.RunAsync(["chown", $"{Name}:", path], Timeout, cancellationToken);
        if (!changed.Succeeded)
            throw ClusterErrors.Failed("preparation", changed.Reason);
    }

    /// <summary>Whether the account can pass through a folder, or run a program.</summary>
    public async Task<bool> CanReachAsync(string path, CancellationToken cancellationToken) =>
        Name is null || (await ChildProcess.RunAsync(Command("test", "-x", path), Timeout, cancellationToken)).Succeeded;

    private static string[]? Prefix(string name, int user, int group)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(["/usr/bin", "/usr/sbin", "/sbin"]);
        if (Find("setpriv") is { } setpriv)
            return [setpriv, string.Create(CultureInfo.InvariantCulture, $"--reuid={user}"), string.Create(CultureInfo.InvariantCulture, $"--regid={group}"), "--clear-groups", "--"];
        return Find("runuser") is { } runuser ? [runuser, "-u", name, "--"] : null;

        string? Find(string program) => folders.Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
    }
}
