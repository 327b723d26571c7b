using Crm.Infrastructure.Persistence;

namespace Crm.Infrastructure.ChangeLog;

/// <summary>
/// Makes the change log's partitions ahead, at the start and daily, so that a system may run for years without a migration. A day that
/// fails does no harm, since a year is prepared.
/// </summary>
internal sealed class PartitionService(HostSession host, PeriodicTurns turns) : PeriodicService(turns)
{
    protected override TimeSpan Interval => TimeSpan.FromDays(1);

    protected override PeriodicScope Scope => PeriodicScope.OneNode;

    /// <summary>Prepares before requests are taken, on every node, then daily.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RunGuardedAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    // A new partition locks the log for a moment: nobody may queue up behind that for long.
    protected override Task RunAsync(CancellationToken cancellationToken) => host.RunAsync(
        [
            Sql.Of($"SELECT set_config('lock_timeout', '2s', true)"),
            Sql.Of($"SELECT prepare_change_partitions({DatabaseMigrator.MonthsAhead})"),
        ],
        static (_, _) => Task.FromResult(true),
        cancellationToken);
}
