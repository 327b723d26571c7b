using Crm.Domain.Common;
using Crm.Infrastructure;
using Crm.Infrastructure.Diagnostics;
using Crm.Infrastructure.Persistence;
using Microsoft.Extensions.Configuration;

namespace Crm.Embedded;

/// <summary>Checks the database, configured or private, and the disks.</summary>
public static class SystemChecks
{
    /// <summary>
    /// Checks the configured server, or the private cluster, which is started for it if it exists and is not running.
    /// </summary>
    public static async Task<IReadOnlyList<SystemCheck>> RunAsync(IConfiguration configuration, CancellationToken cancellationToken)
    {
        if (RunningDatabase.IsConfigured(configuration))
            return [.. await DatabaseChecks.RunAsync(configuration.GetConnectionString("Crm")!, cancellationToken), .. DiskChecks.Run(configuration)];

        var options = new PrivateClusterOptions(CrmHome.Of(configuration));
        var checks = new List<SystemCheck>();
        try
        {
            var home = await ClusterHome.OpenAsync(options.Home, cancellationToken);
            checks.Add(await ProgramsAsync(home, cancellationToken));
            checks.Add(DiskChecks.Of(home.Root));
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
}
