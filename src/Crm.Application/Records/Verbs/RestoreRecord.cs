using Crm.Application.Messaging;
using Crm.Domain.Common;
using MediatR;

namespace Crm.Application.Records;

/// <summary>Takes a record out of the trash; one that is live already stays as it is, so that the request can be repeated.</summary>
/// <typeparam name="TRecord">The entity.</typeparam>
/// <param name="Id">The record.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
public abstract record RestoreRecord<TRecord>(Guid Id, int? ExpectedVersion) : ICommand<RecordDocument>
    where TRecord : Record;

/// <summary>Restores; closed for each request type by the assembly scan.</summary>
internal sealed class RestoreRecordHandler<TRequest, TRecord>(IRecordStore records, RecordModel types) : IRequestHandler<TRequest, RecordDocument>
    where TRequest : RestoreRecord<TRecord>
    where TRecord : Record
{
    public Task<RecordDocument> Handle(TRequest request, CancellationToken cancellationToken) =>
        records.RestoreAsync(types.Of(typeof(TRecord)), request.Id, request.ExpectedVersion, cancellationToken);
}
