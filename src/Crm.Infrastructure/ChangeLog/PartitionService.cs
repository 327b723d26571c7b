using Crm.Infrastructure.Persistence;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crm.Infrastructure.ChangeLog;

/// <summary>
/// Makes the change log's partitions ahead, when the system starts and daily: one that runs for years is not migrated in between. A day
/// that
/// fails does no harm, since a year is prepared.
/// </summary>
internal sealed partial class PartitionService(NpgsqlDataSource database, TimeProvider time, ILogger<PartitionService> logger) : PeriodicService(time)
{
    protected override TimeSpan Interval => TimeSpan.FromDays(1);

    /// <summary>Prepares once before requests are taken, then daily.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RunAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var batch = database.CreateBatch();

            // A new partition needs the log for itself for a moment: nobody is to queue up behind that.
            batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT set_config('lock_timeout', '2s', true)"));
            batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT prepare_change_partitions($1)") { Parameters = { new() { Value = DatabaseMigrator.MonthsAhead } } });
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            NotPrepared(logger, failure);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The change log's partitions could not be made ahead")]
    private static partial void NotPrepared(ILogger logger, Exception failure);
}
