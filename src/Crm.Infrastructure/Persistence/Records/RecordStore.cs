using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.Common;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>The record engine: one door to its reading and writing halves.</summary>
[Transient]
internal sealed class RecordStore(RecordReader reader, RecordWriter writer, RecordTrash trash, ReferenceCheck references, RecordModel types, ICaller caller) : IRecordStore
{
    private const int MaxTries = 3;

    public Task<RecordDocument?> FindAsync(Guid id, RecordSelection selection, CancellationToken cancellationToken) =>
        reader.FindAsync(id, selection, cancellationToken);

    public Task<RecordPage> ListAsync(RecordQuery query, CancellationToken cancellationToken) => reader.ListAsync(query, cancellationToken);

    public Task<RecordDocument> CreateAsync<TRecord>(TRecord record, CancellationToken cancellationToken, params IReadOnlyList<Entity> companions)
        where TRecord : Record => writer.CreateAsync(types.Of(typeof(TRecord)), record, companions, cancellationToken);

    public async Task HoldAsync(RecordType type, Guid id, int? expectedVersion, CancellationToken cancellationToken)
    {
        var (version, isCovered) = await reader.HoldAsync(type, id, cancellationToken) ?? throw RecordErrors.NotFound(type);
        if (!isCovered)
            throw RecordErrors.OutOfScope(type);
        if (expectedVersion is not null && version != expectedVersion)
            throw new StaleVersionException(await ReadHeldAsync(type, id, cancellationToken));
    }

    public async Task<RecordDocument> ReadHeldAsync(RecordType type, Guid id, CancellationToken cancellationToken) =>
        (await reader.FindOfAnyOwnerAsync(id, Whole(type), cancellationToken))!;

    public Task DemandReferencesAsync(IEnumerable<KeyValuePair<Field, object?>> values, CancellationToken cancellationToken) =>
        references.DemandAsync(values.Where(v => v.Key.Relation is not null && v.Value is not null).Select(v => (v.Key.Relation!, (Guid?)v.Value)), cancellationToken);

    public async Task<RecordDocument> UpdateAsync<TRecord>(Guid id, RecordInput<TRecord> input, int? expectedVersion, CancellationToken cancellationToken)
        where TRecord : Record
    {
        if (!input.Values.Any(v => v.Value is PartialMoney))
            return await writer.UpdateAsync(input.Description, id, input.Values, expectedVersion, cancellationToken);

        // Half an amount is completed with what the record has; if that changes before the write arrives, it is done again.
        for (var attempt = 1; ; attempt++)
        {
            var current = await reader.FindAsync(id, Whole(input.Description), cancellationToken) ?? throw RecordErrors.NotFound(input.Description);
            var whole = input.Values.Select(v => v.Value is PartialMoney part ? new(v.Key, part.Complete(current.Money(v.Key.Name), "/" + v.Key.Name)) : v).ToList();
            try
            {
                return await writer.UpdateAsync(input.Description, id, whole, expectedVersion ?? current.Version, cancellationToken);
            }
            catch (StaleVersionException) when (expectedVersion is null && attempt < MaxTries)
            {
            }
        }
    }

    public Task DeleteAsync(RecordType type, Guid id, int? expectedVersion, CancellationToken cancellationToken) =>
        trash.DeleteAsync(type, id, expectedVersion, cancellationToken);

    public async Task<RecordDocument> RestoreAsync(RecordType type, Guid id, int? expectedVersion, CancellationToken cancellationToken)
    {
        if (await trash.RestoreAsync(type, id, expectedVersion, cancellationToken) is { } restored)
            return restored;
        var live = await reader.FindAsync(id, Whole(type), cancellationToken) ?? throw RecordErrors.NotFound(type);
        if (!await reader.CoversAsync(type, id, type.DeletePermission, cancellationToken))
            throw RecordErrors.OutOfScope(type);
        return expectedVersion is null || live.Version == expectedVersion ? live : throw new StaleVersionException(live);
    }

    public Task PurgeAsync(RecordType type, Guid id, int? expectedVersion, CancellationToken cancellationToken) =>
        trash.PurgeAsync(type, id, expectedVersion, cancellationToken);

    private RecordSelection Whole(RecordType type) => RecordSelection.Whole(type, RecordView.Of(caller));
}
