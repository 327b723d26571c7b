using Crm.Application.Records;
using Crm.Domain.Common;
using MediatR;

namespace Crm.Application.Imports;

/// <summary>What rows of a file can become: a record type that can be imported. Targets are found by looking at the assembly.</summary>
internal interface IImportTarget
{
    /// <summary>The record type.</summary>
    RecordDescription Type { get; }

    /// <summary>Creates a record by the use case of the API.</summary>
    /// <param name="values">Its fields.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>A task that ends when it is created.</returns>
    Task CreateAsync(IReadOnlyList<KeyValuePair<RecordField, object?>> values, CancellationToken cancellationToken);

    /// <summary>Changes a record by the use case of the API.</summary>
    /// <param name="id">The record.</param>
    /// <param name="values">The fields to change.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>A task that ends when it is changed.</returns>
    Task UpdateAsync(Guid id, IReadOnlyList<KeyValuePair<RecordField, object?>> values, CancellationToken cancellationToken);
}

/// <summary>A record type that can be imported; each feature names its own requests.</summary>
/// <typeparam name="TRecord">The entity.</typeparam>
/// <param name="mediator">Carries out the use cases.</param>
/// <param name="types">The descriptions.</param>
/// <param name="create">Makes the request that creates a record.</param>
/// <param name="update">Makes the request that changes a record.</param>
internal abstract class ImportTarget<TRecord>(
    IMediator mediator, RecordTypes types, Func<RecordInput<TRecord>, IRequest<RecordDocument>> create, Func<Guid, RecordInput<TRecord>, IRequest<RecordDocument>> update) : IImportTarget
    where TRecord : Record
{
    public RecordDescription Type { get; } = types.Of(typeof(TRecord));

    public Task CreateAsync(IReadOnlyList<KeyValuePair<RecordField, object?>> values, CancellationToken cancellationToken)
    {
        List<FieldError> missing = [.. RecordBinder.Missing(Type, values)];
        return missing.Count == 0 ? mediator.Send(create(Input(values)), cancellationToken) : throw new InvalidException(missing);
    }

    public Task UpdateAsync(Guid id, IReadOnlyList<KeyValuePair<RecordField, object?>> values, CancellationToken cancellationToken) =>
        mediator.Send(update(id, Input(values.Where(v => v.Key.Write == FieldWrite.Always))), cancellationToken);

    private RecordInput<TRecord> Input(IEnumerable<KeyValuePair<RecordField, object?>> values) => new(Type, [.. values]);
}
