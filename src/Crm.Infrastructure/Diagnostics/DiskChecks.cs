using Crm.Domain.Common;
using Crm.Infrastructure.Storage;
using Microsoft.Extensions.Configuration;

namespace Crm.Infrastructure.Diagnostics;

/// <summary>Checks the free space of the disks that the system writes to.</summary>
public static class DiskChecks
{
    /// <summary>512 MiB: with less, a database soon stops.</summary>
    public const long LeastFreeBytes = 512L * 1024 * 1024;

    /// <summary>Checks the disk of the home, and that of the tenants' files if they have a folder of their own.</summary>
    public static IEnumerable<SystemCheck> Run(IConfiguration configuration)
    {
        yield return Of(CrmHome.Of(configuration));
        if (configuration[$"{StorageOptions.Section}:{nameof(StorageOptions.Folder)}"] is { } files)
            yield return Of(files);
    }

    /// <summary>Checks the disk of a folder.</summary>
    public static SystemCheck Of(string folder)
    {
        var free = FreeBytes(folder);
        return new SystemCheck("disk", $"{free / 1024 / 1024} MiB free", free < LeastFreeBytes ? Low(folder, free) : null);
    }

    /// <summary>The free bytes where a folder is or will be created.</summary>
    internal static long FreeBytes(string path)
    {
        // A folder that does not exist yet will be created on the disk of the one above.
        var folder = Path.GetFullPath(path);
        while (!Directory.Exists(folder))
            folder = Path.GetDirectoryName(folder)!;
        return new DriveInfo(folder).AvailableFreeSpace;
    }

    private static CannotRunException Low(string folder, long free) =>
        new("disk_low", $"Only {free / 1024 / 1024} MiB are free on the disk of '{folder}': free some space.");
}
