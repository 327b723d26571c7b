using Crm.Domain.Common;
using Crm.Infrastructure.Embedded;
using Crm.Infrastructure.Persistence;
using Crm.Infrastructure.Storage;
using Microsoft.Extensions.Configuration;

namespace Crm.Infrastructure.Diagnostics;

/// <summary>Looks at everything the system needs besides the port it listens on.</summary>
public static class SystemChecks
{
    /// <summary>Less than this free, and a database soon stops: 512 MiB.</summary>
    public const long LeastFreeBytes = 512L * 1024 * 1024;

    /// <summary>
    /// Looks at the configured server, or at the private cluster, which is started for it when it has been made but is not running.
    /// </summary>
    public static async Task<IReadOnlyList<SystemCheck>> RunAsync(IConfiguration configuration, CancellationToken cancellationToken)
    {
        if (RunningDatabase.IsConfigured(configuration))
            return [.. await DatabaseChecks.RunAsync(configuration.GetConnectionString("Crm")!, cancellationToken), .. Folders(configuration).Select(Disk)];

        var options = new PrivateClusterOptions(CrmHome.Of(configuration));
        var checks = new List<SystemCheck>();
        try
        {
            var home = await ClusterHome.OpenAsync(options.Home, cancellationToken);
            checks.Add(await ProgramsAsync(home, cancellationToken));
            checks.Add(Disk(home.Root));
            if (!Directory.Exists(home.Data))
            {
                checks.Add(new SystemCheck("private cluster", "not made yet; the first start makes it"));
                return checks;
            }

            await using var cluster = await PrivateCluster.StartOrJoinAsync(options, cancellationToken);
            checks.Add(new SystemCheck("private cluster", $"data in {cluster.Data}"));
            checks.AddRange(await DatabaseChecks.RunAsync(cluster.Connections.Endpoints.App, cancellationToken));
        }
        catch (CannotRunException fault)
        {
            checks.Add(new SystemCheck("private cluster", "failed", fault));
        }

        return checks;
    }

    /// <summary>How much is free where a folder is, or will be made.</summary>
    internal static long FreeBytes(string path)
    {
        // A folder that is not there yet will be made on the disk of the one above.
        var folder = Path.GetFullPath(path);
        while (!Directory.Exists(folder))
            folder = Path.GetDirectoryName(folder)!;
        return new DriveInfo(folder).AvailableFreeSpace;
    }

    private static async Task<SystemCheck> ProgramsAsync(ClusterHome home, CancellationToken cancellationToken)
    {
        const string name = "PostgreSQL programs";
        try
        {
            var found = await PostgresBinaries.FindAsync(BinaryPlaces.OfThisMachine(home.Root), home.Data, cancellationToken);
            return new SystemCheck(name, $"{found.Version} in {found.Directory}");
        }
        catch (CannotRunException fault)
        {
            return new SystemCheck(name, "failed", fault);
        }
    }

    // Where the system keeps its files, and the tenants'; one disk for both, unless it is said otherwise.
    private static string[] Folders(IConfiguration configuration) =>
        configuration[$"{StorageOptions.Section}:{nameof(StorageOptions.Folder)}"] is { } files ? [CrmHome.Of(configuration), files] : [CrmHome.Of(configuration)];

    private static SystemCheck Disk(string folder)
    {
        var free = FreeBytes(folder);
        return new SystemCheck("disk", $"{free / 1024 / 1024} MiB free", free < LeastFreeBytes ? ClusterErrors.DiskLow(folder, free) : null);
    }
}
