using Crm.Application.Audit;
using Npgsql;

namespace Crm.Infrastructure.ChangeLog.Seals;

/// <summary>Computes chains anew and tells the first thing that is not as it was sealed.</summary>
internal sealed class SealVerification(NpgsqlDataSource database, SealKeys keys)
{
    private const int PageSize = 20;

    /// <summary>Verifies a chain.</summary>
    public async Task<ChainReport> VerifyAsync(SealChain chain, string? knownHead, CancellationToken cancellationToken)
    {
        Seal? previous = null;
        var (seals, entries, headFound) = (0L, 0L, knownHead is null);
        while (await ReadSealsAsync(chain, chain.After(previous?.Number ?? 0, PageSize), cancellationToken) is { Count: > 0 } page)
        {
            foreach (var seal in page)
            {
                if (await FindFaultAsync(chain, previous, seal, cancellationToken) is { } fault)
                    return new ChainReport(seals, entries, 0, fault);
                headFound |= string.Equals(knownHead, Convert.ToHexStringLower(seal.Hash), StringComparison.OrdinalIgnoreCase);
                (previous, seals, entries) = (seal, seals + 1, entries + seal.Entries);
            }
        }

        var unsealed = await QueryAsync(chain, chain.CountUnsealed(previous), async (reader, token) => await reader.ReadAsync(token) ? reader.GetInt64(0) : 0, cancellationToken);
        return new ChainReport(seals, entries, unsealed, headFound ? null : "no seal has the hash that was kept: seals were removed, or all made anew");
    }

    /// <summary>Reads seals.</summary>
    public Task<List<Seal>> ReadSealsAsync(SealChain chain, NpgsqlBatchCommand question, CancellationToken cancellationToken) => QueryAsync(chain, question, async (reader, token) =>
    {
        var seals = new List<Seal>();
        while (await reader.ReadAsync(token))
            seals.Add(SealChain.Read(reader));
        return seals;
    }, cancellationToken);

    private async Task<string?> FindFaultAsync(SealChain chain, Seal? previous, Seal seal, CancellationToken cancellationToken)
    {
        var expected = (previous?.Number ?? 0) + 1;
        if (seal.Number != expected)
            return FormattableString.Invariant($"seal {expected} is missing");
        if (!seal.Hash.AsSpan().SequenceEqual(SealFormat.Hash(chain.Name, seal)))
            return FormattableString.Invariant($"seal {seal.Number} was changed");
        if (!await keys.VerifiesAsync(seal, cancellationToken))
            return FormattableString.Invariant($"seal {seal.Number} was not signed with a key of this installation (key {seal.KeyId})");
        if (!seal.PreviousHash.AsSpan().SequenceEqual(previous?.Hash ?? []))
            return FormattableString.Invariant($"seal {seal.Number} does not follow the seal before it");
        return await QueryAsync(chain, chain.EntriesOf(previous, seal), (reader, token) => FindFaultAsync(reader, seal, token), cancellationToken);
    }

    // Both stand in the same order, so the first place where they part is the first that is wrong.
    private static async Task<string?> FindFaultAsync(NpgsqlDataReader present, Seal seal, CancellationToken cancellationToken)
    {
        var items = seal.Contents.Chunk(SealFormat.ItemLength).ToList();
        var place = 0;
        for (; await present.ReadAsync(cancellationToken); place++)
        {
            var (sequence, id) = (present.GetInt64(1), present.GetGuid(2));
            if (place == items.Count || SealFormat.SequenceOf(items[place]) != sequence)
            {
                return items.Skip(place).Any(item => SealFormat.SequenceOf(item) == sequence)
                    ? Removed(items[place], seal)
                    : FormattableString.Invariant($"entry {id} (sequence {sequence}) was put in among those of seal {seal.Number}");
            }

            if (!items[place].AsSpan().SequenceEqual(SealFormat.Item(sequence, SealFormat.Digest(present))))
                return FormattableString.Invariant($"entry {id} (sequence {sequence}) of seal {seal.Number} was changed");
        }

        return place == items.Count ? null : Removed(items[place], seal);
    }

    private static string Removed(byte[] item, Seal seal) =>
        FormattableString.Invariant($"the entry with sequence {SealFormat.SequenceOf(item)} of seal {seal.Number} was removed, or moved to another place");

    private async Task<T> QueryAsync<T>(SealChain chain, NpgsqlBatchCommand question, Func<NpgsqlDataReader, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        foreach (var command in chain.Begin())
            batch.BatchCommands.Add(command);
        batch.BatchCommands.Add(question);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (batch.BatchCommands.Count > 1)
            await reader.NextResultAsync(cancellationToken);
        return await read(reader, cancellationToken);
    }
}
