using Crm.Application.Records;
using Crm.Domain.Common;
using MediatR;

namespace Crm.Application.Imports;

/// <summary>What rows of a file can become: a record type that can be imported. Targets are found by looking at the assembly.</summary>
internal interface IImportTarget
{
    /// <summary>The record type.</summary>
    RecordType Type { get; }

    /// <summary>Creates a record by the use case of the API.</summary>
    Task CreateAsync(IReadOnlyList<KeyValuePair<Field, object?>> values, CancellationToken cancellationToken);

    /// <summary>Changes a record by the use case of the API.</summary>
    Task UpdateAsync(Guid id, IReadOnlyList<KeyValuePair<Field, object?>> values, CancellationToken cancellationToken);
}

/// <summary>A record type that can be imported; each feature names its own requests.</summary>
/// <typeparam name="TRecord">The entity.</typeparam>
internal abstract class ImportTarget<TRecord>(
    IMediator mediator, RecordModel types, Func<RecordInput<TRecord>, IRequest<RecordDocument>> create, Func<Guid, RecordInput<TRecord>, IRequest<RecordDocument>> update) : IImportTarget
    where TRecord : Record
{
    public RecordType Type { get; } = types.Of(typeof(TRecord));

    public Task CreateAsync(IReadOnlyList<KeyValuePair<Field, object?>> values, CancellationToken cancellationToken)
    {
        List<FieldError> missing = [.. RecordBinder.Missing(Type, values)];
        return missing.Count == 0 ? mediator.Send(create(Input(values)), cancellationToken) : throw new InvalidException(missing);
    }

    public Task UpdateAsync(Guid id, IReadOnlyList<KeyValuePair<Field, object?>> values, CancellationToken cancellationToken) =>
        mediator.Send(update(id, Input(values.Where(v => v.Key.Write == FieldWrite.Always))), cancellationToken);

    private RecordInput<TRecord> Input(IEnumerable<KeyValuePair<Field, object?>> values) => new(Type, [.. values]);
}
