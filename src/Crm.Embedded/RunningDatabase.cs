using Crm.Domain.Common;
using Crm.Infrastructure;
using Crm.Infrastructure.Persistence;
using Microsoft.Extensions.Configuration;

namespace Crm.Embedded;

/// <summary>
/// The database to work with: the one that <c>ConnectionStrings:Crm</c> names, else a private cluster, which is started for it and stops
/// with it. A private cluster is migrated, a configured server is verified.
/// </summary>
public sealed class RunningDatabase : IAsyncDisposable
{
    private readonly PrivateCluster? _cluster;

    private RunningDatabase(DatabaseEndpoints endpoints, SecretsFile secrets, PrivateCluster? cluster)
    {
        Endpoints = endpoints;
        Secrets = secrets;
        _cluster = cluster;
    }

    /// <summary>How it is reached.</summary>
    public DatabaseEndpoints Endpoints { get; }

    /// <summary>The secrets the system makes for itself, in <c>CRM_HOME</c>.</summary>
    public SecretsFile Secrets { get; }

    /// <summary>The folder of data, secrets and files: <c>CRM_HOME</c>.</summary>
    public string Home => Path.GetDirectoryName(Secrets.Path)!;

    /// <summary>Where the private cluster has its data; <c>null</c> for a configured server.</summary>
    public string? PrivateData => _cluster?.Data;

    /// <summary>Whether a server is configured, so that no private cluster is run.</summary>
    public static bool IsConfigured(IConfiguration configuration) => !string.IsNullOrWhiteSpace(configuration.GetConnectionString("Crm"));

    /// <summary>Opens the database for the running system, of which there is one per private cluster.</summary>
    /// <exception cref="CannotRunException">It cannot be worked with; the message is one sentence for the
    /// operator.</exception>
    public static Task<RunningDatabase> OpenForServingAsync(IConfiguration configuration, CancellationToken cancellationToken) =>
        OpenAsync(configuration, PrivateCluster.StartAsync, cancellationToken);

    /// <summary>Opens the database for a command, which may be carried out while the system runs on it.</summary>
    /// <exception cref="CannotRunException">It cannot be worked with; the message is one sentence for the
    /// operator.</exception>
    public static Task<RunningDatabase> OpenForCommandAsync(IConfiguration configuration, CancellationToken cancellationToken) =>
        OpenAsync(configuration, PrivateCluster.StartOrJoinAsync, cancellationToken);

    /// <summary>Migrates the database: the private cluster's, or the configured one as its owner.</summary>
    /// <exception cref="CannotRunException">It cannot be migrated; the message is one sentence for the operator.</exception>
    public static async Task<IReadOnlyList<string>> MigrateAsync(IConfiguration configuration, CancellationToken cancellationToken)
    {
        var owner = configuration.GetConnectionString("CrmOwner");
        if (!IsConfigured(configuration) && string.IsNullOrWhiteSpace(owner))
        {
            await using var cluster = await PrivateCluster.StartOrJoinAsync(new PrivateClusterOptions(CrmHome.Of(configuration)), cancellationToken);
            return await DatabaseMigrator.MigrateAsync(cluster.Connections.Endpoints.Owner!, cancellationToken);
        }

        await DatabaseChecks.VerifyOwnerAsync(owner, cancellationToken);
        return await DatabaseMigrator.MigrateAsync(owner, cancellationToken);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _cluster?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static async Task<RunningDatabase> OpenAsync(
        IConfiguration configuration, Func<PrivateClusterOptions, CancellationToken, Task<PrivateCluster>> open, CancellationToken cancellationToken)
    {
        var home = CrmHome.Of(configuration);
        if (IsConfigured(configuration))
        {
            var app = configuration.GetConnectionString("Crm")!;
            await DatabaseChecks.VerifyAsync(app, cancellationToken);
            return new RunningDatabase(new DatabaseEndpoints(app, configuration.GetConnectionString("CrmOwner")), SecretsFile.In(home), null);
        }

        var cluster = await open(new PrivateClusterOptions(home), cancellationToken);
        try
        {
            await DatabaseMigrator.MigrateAsync(cluster.Connections.Endpoints.Owner!, cancellationToken);
            await DatabaseChecks.VerifyAsync(cluster.Connections.Endpoints.App, cancellationToken);
            return new RunningDatabase(cluster.Connections.Endpoints, SecretsFile.In(home), cluster);
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }
}
