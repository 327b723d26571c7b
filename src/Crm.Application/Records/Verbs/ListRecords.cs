using Crm.Application.Messaging;
using Crm.Domain.Common;
using MediatR;

namespace Crm.Application.Records;

/// <summary>Reads one page of a collection; the query arrives by parameters or in a body, which makes two requests of it.</summary>
/// <typeparam name="TRecord">The entity.</typeparam>
/// <param name="Query">The question.</param>
public abstract record ListRecords<TRecord>(RecordQuery Query) : IQuery<RecordPage>
    where TRecord : Record;

/// <summary>Reads one page of a collection; closed for each request type by the assembly scan.</summary>
internal sealed class ListRecordsHandler<TRequest, TRecord>(IRecordStore records) : IRequestHandler<TRequest, RecordPage>
    where TRequest : ListRecords<TRecord>
    where TRecord : Record
{
    public Task<RecordPage> Handle(TRequest request, CancellationToken cancellationToken) => records.ListAsync(request.Query, cancellationToken);
}
