using System.Globalization;
using Crm.Infrastructure;

namespace Crm.Embedded;

/// <summary>Makes the data of a new cluster: beside its place, and moved there when it is complete.</summary>
internal sealed class ClusterCreation(ClusterHome home, PostgresBinaries binaries, PrivateClusterOptions options)
{
    private const string Unfinished = "new-";

    /// <summary>Makes the data.</summary>
    public async Task RunAsync(string superuserPassword, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(home.Postgres, Unfinished + Guid.NewGuid().ToString("N"));
        try
        {
            await home.Account.OwnFolderAsync(home.Postgres, cancellationToken);
            foreach (var left in Directory.EnumerateDirectories(home.Postgres, Unfinished + "*"))
                Directory.Delete(left, recursive: true);
            await home.Account.OwnFolderAsync(folder, cancellationToken);

            var data = Path.Combine(folder, "data");
            await InitializeAsync(folder, data, superuserPassword, cancellationToken);
            await File.AppendAllTextAsync(Path.Combine(data, "postgresql.conf"), Settings(), cancellationToken);
            Directory.Move(data, home.Data);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw IsDiskFull(failure.Message) ? ClusterErrors.DiskFull(home.Postgres) : CrmHome.NotWritable(home.Postgres, failure);
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Whether a message says that the disk is full.</summary>
    public static bool IsDiskFull(string message) => message.Contains("No space left on device", StringComparison.Ordinal);

    private async Task InitializeAsync(string folder, string data, string password, CancellationToken cancellationToken)
    {
        // A file and not an argument, which every account of the machine could read.
        var passwordFile = Path.Combine(folder, "password");
        await File.WriteAllTextAsync(passwordFile, password + "\n", cancellationToken);
        await home.Account.OwnAsync(passwordFile, cancellationToken);

        // C.UTF-8 folds the case of all letters; C, for systems that lack it, those of ASCII alone.
        foreach (var locale in new[] { "C.UTF-8", "C" })
        {
            List<string> command =
            [
                binaries["initdb"], "-D", data, "-U", "postgres", "--pwfile", passwordFile, "--auth", "scram-sha-256",
                "--encoding", "UTF8", "--locale", locale, "--data-checksums",
            ];
            if (!options.Durable)
                command.Add("--no-sync");
            var made = await ChildProcess.RunAsync(home.Account.Command(command), options.Timeout, cancellationToken);
            if (made.Succeeded)
                return;
            if (!made.Output.Contains("invalid locale", StringComparison.Ordinal) || locale == "C")
                throw IsDiskFull(made.Output) ? ClusterErrors.DiskFull(home.Postgres) : ClusterErrors.Failed("initdb", made.Reason);
        }
    }

    private string Settings() => string.Create(CultureInfo.InvariantCulture, $"""

        # The settings of the CRM's private cluster. Change them here; they take effect at the next start.
        listen_addresses = ''
        unix_socket_permissions = 0700
        max_connections = {options.MaxConnections}
        shared_buffers = 256MB
        work_mem = 16MB
        maintenance_work_mem = 128MB
        effective_cache_size = 1GB
        random_page_cost = 1.1
        jit = off
        max_wal_size = 2GB
        checkpoint_completion_target = 0.9
        timezone = 'UTC'
        log_timezone = 'UTC'
        log_line_prefix = '%m [%p] %q%u@%d '
        log_min_duration_statement = 1s
        log_parameter_max_length = 0
        idle_in_transaction_session_timeout = 5min
        {(options.Durable ? "fsync = on" : "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\nautovacuum = off")}

        """);
}
