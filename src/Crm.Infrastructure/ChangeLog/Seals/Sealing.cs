using Crm.Application.Audit;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crm.Infrastructure.ChangeLog.Seals;

/// <summary>Seals what is new: in each chain by one node at a time, each seal in a transaction of its own.</summary>
internal sealed partial class Sealing(NpgsqlDataSource database, SealKeys keys, SealVerification verification, ILogger<Sealing> logger) : ISeals
{
    private const int MostTenants = 1000;

    public async Task<int> SealAsync(CancellationToken cancellationToken)
    {
        var total = await TrySealAsync(SealChain.Of(null), cancellationToken);
        int sealedNow;
        IReadOnlyList<Guid> tenants;
        do
        {
            // Asked again only while there are more than could be told, and while that leads to something.
            tenants = await ListTenantsAsync(cancellationToken);
            sealedNow = 0;
            foreach (var tenant in tenants)
                sealedNow += await TrySealAsync(SealChain.Of(tenant), cancellationToken);
            total += sealedNow;
        }
        while (tenants.Count == MostTenants && sealedNow > 0);
        return total;
    }

    public async Task<SealHead?> HeadAsync(Guid? tenantId, CancellationToken cancellationToken)
    {
        var chain = SealChain.Of(tenantId);
        return await verification.ReadSealsAsync(chain, chain.Last(), cancellationToken) is [var last] ? new SealHead(last.Number, Convert.ToHexStringLower(last.Hash)) : null;
    }

    public Task<ChainReport> VerifyAsync(Guid? tenantId, string? knownHead, CancellationToken cancellationToken) =>
        verification.VerifyAsync(SealChain.Of(tenantId), knownHead, cancellationToken);

    private async Task<IReadOnlyList<Guid>> ListTenantsAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT unsealed_tenants($1)");
        command.Parameters.Add(new() { Value = MostTenants });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var tenants = new List<Guid>();
        while (await reader.ReadAsync(cancellationToken))
            tenants.Add(reader.GetGuid(0));
        return tenants;
    }

    // What is wrong with one chain must not keep the others waiting.
    private async Task<int> TrySealAsync(SealChain chain, CancellationToken cancellationToken)
    {
        var total = 0;
        try
        {
            int sealedNow;
            do
            {
                sealedNow = await SealOnceAsync(chain, cancellationToken);
                total += sealedNow;
            }
            while (sealedNow == SealChain.MostEntries);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            NotSealed(logger, failure, chain.Name);
        }

        return total;
    }

    private async Task<int> SealOnceAsync(SealChain chain, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await BeginAsync(chain, connection, transaction, cancellationToken) is not { } turn)
            return 0;

        using var contents = new MemoryStream();
        var (lastTransaction, lastSequence) = (0UL, 0L);
        await using (var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { chain.Unsealed(turn.Last, turn.Horizon) } })
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                (lastTransaction, lastSequence) = (reader.GetFieldValue<ulong>(0), reader.GetInt64(1));
                contents.Write(SealFormat.Item(lastSequence, SealFormat.Digest(reader)));
            }
        }

        var seal = new Seal((turn.Last?.Number ?? 0) + 1, turn.Now, lastTransaction, lastSequence, contents.ToArray(), turn.Last?.Hash ?? []);
        if (seal.Entries == 0)
            return 0;

        var hash = SealFormat.Hash(chain.Name, seal);
        var (keyId, signature) = await keys.SignAsync(hash, cancellationToken);
        await using (var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { chain.Add(seal with { Hash = hash, KeyId = keyId, Signature = signature }) } })
            await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return seal.Entries;
    }

    private static async Task<Turn?> BeginAsync(SealChain chain, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var command in chain.Begin())
            batch.BatchCommands.Add(command);

        // Each statement sees what was committed before it: with the lock at hand the last seal is the last, and whatever commits after
        // the horizon was taken belongs to a transaction that is not below it.
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT pg_try_advisory_xact_lock(hashtextextended('seal:' || $1, 0))") { Parameters = { new() { Value = chain.Name } } });
        batch.BatchCommands.Add(chain.Last());
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT pg_snapshot_xmin(pg_current_snapshot()), clock_timestamp()"));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        for (var i = batch.BatchCommands.Count; i > 3; i--)
            await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        if (!reader.GetBoolean(0))
            return null;

        await reader.NextResultAsync(cancellationToken);
        var last = await reader.ReadAsync(cancellationToken) ? SealChain.Read(reader) : null;
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new Turn(last, reader.GetFieldValue<ulong>(0), reader.GetDateTime(1));
    }

    [LoggerMessage(1, LogLevel.Error, "The log {Chain} could not be sealed")]
    private static partial void NotSealed(ILogger logger, Exception failure, string chain);

    private sealed record Turn(Seal? Last, ulong Horizon, DateTime Now);
}
