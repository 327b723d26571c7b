using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.ChangeLog.Audit;

/// <summary>Writes the counted events while the system runs and once more when it stops. What cannot be written is counted on.</summary>
internal sealed class EventCountsWriter(
    EventCounts counts, SecurityEventWriter writer, IOptions<AuditOptions> options, PeriodicTurns turns) : PeriodicService(turns)
{
    private const int LargestBatch = 500;

    protected override TimeSpan Interval => options.Value.FlushInterval;

    protected override PeriodicScope Scope => PeriodicScope.EveryNode;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TakeTurnAsync(cancellationToken);
    }

    protected override Task RunAsync(CancellationToken cancellationToken) => ForEachAsync(
        counts.Take().SelectMany(log => log.Chunk(LargestBatch), (log, some) => (TenantId: log.Key, Counts: some)),
        batch => writer.WriteAsync(batch.TenantId, batch.Counts.Select(counted => counted.Value.Of(counted.Key)), cancellationToken),
        batch => counts.PutBack(batch.Counts));
}
