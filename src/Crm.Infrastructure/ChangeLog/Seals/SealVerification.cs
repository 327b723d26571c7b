using Crm.Application.Audit;
using Crm.Infrastructure.Persistence;

namespace Crm.Infrastructure.ChangeLog.Seals;

/// <summary>Computes chains again and reports the first thing that is not as it was sealed.</summary>
[Singleton]
internal sealed class SealVerification(HostSession host, SealKeys keys)
{
    private const int PageSize = 20;

    /// <summary>Verifies a chain.</summary>
    public async Task<ChainReport> VerifyAsync(SealChain chain, string? knownHead, CancellationToken cancellationToken)
    {
        var session = chain.Log.Of(host);
        Seal? previous = null;
        var (seals, entries, headFound) = (0L, 0L, knownHead is null);
        while (await session.QueryAsync(chain.After(previous?.Number ?? 0, PageSize), Seal.Read, cancellationToken) is { Count: > 0 } page)
        {
            foreach (var seal in page)
            {
                if (await FindFaultAsync(chain, previous, seal, cancellationToken) is { } fault)
                    return new ChainReport(seals, entries, 0, fault);
                headFound |= string.Equals(knownHead, Convert.ToHexStringLower(seal.Hash), StringComparison.OrdinalIgnoreCase);
                (previous, seals, entries) = (seal, seals + 1, entries + seal.Entries);
            }
        }

        var unsealed = await session.SingleAsync(ChangeFeed.Count(chain.Log, EndOf(previous)), row => row.GetInt64(0), cancellationToken);
        return new ChainReport(
            seals, entries, unsealed, headFound ? null : "no seal has the hash that was kept: seals were removed, or all made anew");
    }

    /// <summary>The newest seal of a chain.</summary>
    public async Task<SealHead?> HeadAsync(SealChain chain, CancellationToken cancellationToken) =>
        await chain.Log.Of(host).SingleAsync(chain.Last(), Seal.Read, cancellationToken) is { } last
            ? new SealHead(last.Number, Convert.ToHexStringLower(last.Hash))
            : null;

    private async Task<string?> FindFaultAsync(SealChain chain, Seal? previous, Seal seal, CancellationToken cancellationToken)
    {
        var expected = (previous?.Number ?? 0) + 1;
        if (seal.Number != expected)
            return FormattableString.Invariant($"seal {expected} is missing");
        if (!seal.Hash.AsSpan().SequenceEqual(SealFormat.Hash(chain, seal)))
            return FormattableString.Invariant($"seal {seal.Number} was changed");
        if (!await keys.VerifiesAsync(seal, cancellationToken))
            return FormattableString.Invariant($"seal {seal.Number} was not signed with a key of this installation (key {seal.KeyId})");
        if (!seal.PreviousHash.AsSpan().SequenceEqual(previous?.Hash ?? []))
            return FormattableString.Invariant($"seal {seal.Number} does not follow the seal before it");
        return await chain.Log.Of(host).RunAsync(
            [ChangeFeed.Between(chain.Log, EndOf(previous), seal.Last)],
            async (reader, token) =>
            {
                // Entries that were put in may be many; the first that does not belong ends the reading.
                var items = seal.Contents.Chunk(SealFormat.ItemLength).ToList();
                var place = 0;
                for (; await reader.ReadAsync(token); place++)
                {
                    if (FindFault(items, place, LogEntry.Read(reader), seal) is { } fault)
                        return fault;
                }

                return place == items.Count ? null : Removed(items[place], seal);
            },
            cancellationToken);
    }

    // Both lists are in the same order, so the first difference is the first fault.
    private static string? FindFault(List<byte[]> items, int place, LogEntry entry, Seal seal)
    {
        var sequence = entry.Position.Sequence;
        if (place == items.Count || SealFormat.SequenceOf(items[place]) != sequence)
        {
            return items.Skip(place).Any(item => SealFormat.SequenceOf(item) == sequence)
                ? Removed(items[place], seal)
                : FormattableString.Invariant($"entry {entry.Id} (sequence {sequence}) was put in among those of seal {seal.Number}");
        }

        return items[place].AsSpan().SequenceEqual(SealFormat.Item(entry))
            ? null
            : FormattableString.Invariant($"entry {entry.Id} (sequence {sequence}) of seal {seal.Number} was changed");
    }

    private static string Removed(byte[] item, Seal seal) => FormattableString.Invariant(
        $"the entry with sequence {SealFormat.SequenceOf(item)} of seal {seal.Number} was removed, or moved to another place");

    private static LogPosition EndOf(Seal? seal) => seal?.Last ?? LogPosition.Start;
}
