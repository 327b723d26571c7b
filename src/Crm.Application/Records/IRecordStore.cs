using Crm.Domain.Common;

namespace Crm.Application.Records;

/// <summary>
/// The record engine: reads and plain writes of records, as SQL made from their description and the EF model. Each call is one round
/// trip, tenant and change log included; a write outside a running transaction is a transaction by itself. Each works within the present
/// caller's
/// grants: a record that the caller's permission to read does not cover is as if it were not there, wherever it would appear, and what is
/// answered holds the fields alone that exist for the caller.
/// </summary>
public interface IRecordStore
{
    /// <summary>Reads one live record.</summary>
    Task<RecordDocument?> FindAsync(Guid id, RecordSelection selection, CancellationToken cancellationToken);

    /// <summary>Reads one page of a collection, with its count when asked for.</summary>
    /// <exception cref="InvalidException">The cursor is not one of this query.</exception>
    Task<RecordPage> ListAsync(RecordQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a new record, its index rows and its change. Where the caller's permissions to read or to write cover the records of some
    /// owners only,
    /// a record without an owner becomes the caller's.
    /// </summary>
    /// <typeparam name="TRecord">The entity.</typeparam>
    /// <exception cref="InvalidException">It refers to records that do not exist for the caller; all are told.</exception>
    /// <exception cref="ForbiddenException">The caller's permission to write does not cover records of this owner.</exception>
    /// <exception cref="ConflictException">The id or another unique value is taken.</exception>
    Task<RecordDocument> CreateAsync<TRecord>(TRecord record, CancellationToken cancellationToken, params IReadOnlyList<Entity> companions)
        where TRecord : Record;

    /// <summary>
    /// Changes the fields that were sent. What is sent equal to what is there changes nothing, not even the version. Who owns the record
    /// counts as
    /// it was before: a record can be handed over to anyone.
    /// </summary>
    /// <typeparam name="TRecord">The entity.</typeparam>
    /// <exception cref="NotFoundException">There is no such live record for the caller.</exception>
    /// <exception cref="ForbiddenException">The caller may read the record, and its permission for this does not cover it.</exception>
    /// <exception cref="StaleVersionException">The version is not the current one.</exception>
    Task<RecordDocument> UpdateAsync<TRecord>(Guid id, RecordInput<TRecord> input, int? expectedVersion, CancellationToken cancellationToken)
        where TRecord : Record;

    /// <summary>
    /// Holds a live record that the caller may write until the running transaction ends, so that it can be loaded, judged and changed
    /// without a race.
    /// </summary>
    /// <exception cref="NotFoundException">There is no such live record for the caller.</exception>
    /// <exception cref="ForbiddenException">The caller may read the record, and its permission for this does not cover it.</exception>
    /// <exception cref="StaleVersionException">The version is not the current one.</exception>
    Task HoldAsync(RecordType type, Guid id, int? expectedVersion, CancellationToken cancellationToken);

    /// <summary>Reads a record that the running transaction holds and may have changed, whoever owns it by now.</summary>
    Task<RecordDocument> ReadHeldAsync(RecordType type, Guid id, CancellationToken cancellationToken);

    /// <summary>Sees to it that the references among some values lead to live records that the caller may read.</summary>
    /// <exception cref="InvalidException">Some lead nowhere; all are told.</exception>
    Task DemandReferencesAsync(IEnumerable<KeyValuePair<Field, object?>> values, CancellationToken cancellationToken);

    /// <summary>Puts a record in the trash.</summary>
    /// <exception cref="NotFoundException">There is no such live record for the caller.</exception>
    /// <exception cref="ForbiddenException">The caller may read the record, and its permission for this does not cover it.</exception>
    /// <exception cref="StaleVersionException">The version is not the current one.</exception>
    /// <exception cref="ConflictException">Live records cannot be without it.</exception>
    Task DeleteAsync(RecordType type, Guid id, int? expectedVersion, CancellationToken cancellationToken);

    /// <summary>Takes a record out of the trash; one that is live stays as it is.</summary>
    /// <exception cref="NotFoundException">There is no such record for the caller.</exception>
    /// <exception cref="ForbiddenException">The caller may read the record, and its permission to delete does not cover it.</exception>
    /// <exception cref="StaleVersionException">It has another version.</exception>
    /// <exception cref="ConflictException">What it cannot be without is in the trash.</exception>
    Task<RecordDocument> RestoreAsync(RecordType type, Guid id, int? expectedVersion, CancellationToken cancellationToken);

    /// <summary>Removes a record for good, live or in the trash, and clears every reference to it.</summary>
    /// <exception cref="NotFoundException">There is no such record for the caller.</exception>
    /// <exception cref="ForbiddenException">The caller may read the record, and its permissions to delete and to purge do not both cover
    /// it.</exception>
    /// <exception cref="StaleVersionException">The version is not the current one.</exception>
    /// <exception cref="ConflictException">Other records cannot be without it.</exception>
    Task PurgeAsync(RecordType type, Guid id, int? expectedVersion, CancellationToken cancellationToken);
}
