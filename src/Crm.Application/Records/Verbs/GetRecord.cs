using Crm.Application.Messaging;
using Crm.Domain.Common;
using MediatR;

namespace Crm.Application.Records;

/// <summary>Reads one live record.</summary>
/// <typeparam name="TRecord">The entity.</typeparam>
/// <param name="Id">The record.</param>
/// <param name="Selection">What of it is wanted.</param>
public abstract record GetRecord<TRecord>(Guid Id, RecordSelection Selection) : IQuery<RecordDocument>
    where TRecord : Record;

/// <summary>Reads one live record; closed for each request type by the assembly scan.</summary>
internal sealed class GetRecordHandler<TRequest, TRecord>(IRecordStore records) : IRequestHandler<TRequest, RecordDocument>
    where TRequest : GetRecord<TRecord>
    where TRecord : Record
{
    public async Task<RecordDocument> Handle(TRequest request, CancellationToken cancellationToken) =>
        await records.FindAsync(request.Id, request.Selection, cancellationToken) ?? throw RecordErrors.NotFound(request.Selection.Type);
}
