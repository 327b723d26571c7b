using Crm.Application.Audit;
using Crm.Infrastructure.Persistence;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.ChangeLog.Seals;

/// <summary>The reader of the log that seals it: each batch gets one seal, in the transaction that advances the cursor.</summary>
[Singleton]
internal sealed class SealReader(SealKeys keys, IOptions<AuditOptions> options) : LogReader
{
    public override string Name => "seals";

    public override TimeSpan PollInterval => options.Value.SealInterval;

    public override LogDelivery Delivery => LogDelivery.ExactlyOnce;

    // A seal for each commit would be many small ones.
    public override bool IsWokenByCommits => false;

    public override async Task HandleAsync(LogBatch batch, HostSession session, CancellationToken cancellationToken)
    {
        var chain = new SealChain(batch.Log);
        var last = await session.SingleAsync(chain.Last(), Seal.Read, cancellationToken);
        var contents = batch.Entries.SelectMany(entry => SealFormat.Item(entry)).ToArray();
        var seal = new Seal(checked((last?.Number ?? 0) + 1), batch.ReadAt, batch.Last, contents, last?.Hash ?? []);
        var hash = SealFormat.Hash(chain, seal);
        var (keyId, signature) = await keys.SignAsync(hash, cancellationToken);
        await session.ExecuteAsync(chain.Add(seal with { Hash = hash, KeyId = keyId, Signature = signature }), cancellationToken);
    }
}

/// <summary>The seals, as the command line and the tests use them.</summary>
[Singleton]
internal sealed class Sealing(SealReader reader, LogReading reading, SealVerification verification) : ISeals
{
    public Task<int> SealAsync(CancellationToken cancellationToken) => reading.ReadAsync(reader, cancellationToken);

    public Task<SealHead?> HeadAsync(Guid? tenantId, CancellationToken cancellationToken) =>
        verification.HeadAsync(new SealChain(new ChangeLogName(tenantId)), cancellationToken);

    public Task<ChainReport> VerifyAsync(Guid? tenantId, string? knownHead, CancellationToken cancellationToken) =>
        verification.VerifyAsync(new SealChain(new ChangeLogName(tenantId)), knownHead, cancellationToken);
}
