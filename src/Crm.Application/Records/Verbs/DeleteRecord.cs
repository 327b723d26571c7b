using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Domain.Common;
using MediatR;

namespace Crm.Application.Records;

/// <summary>Puts a record in the trash, or removes it for good.</summary>
/// <typeparam name="TRecord">The entity.</typeparam>
/// <param name="Id">The record.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
/// <param name="Purge">Whether it is removed for good, which needs a permission of its own.</param>
public abstract record DeleteRecord<TRecord>(Guid Id, int? ExpectedVersion, bool Purge) : ICommand<Unit>
    where TRecord : Record;

/// <summary>Deletes or purges; closed for each request type by the assembly scan.</summary>
internal sealed class DeleteRecordHandler<TRequest, TRecord>(IRecordStore records, RecordModel types, ICaller caller) : IRequestHandler<TRequest, Unit>
    where TRequest : DeleteRecord<TRecord>
    where TRecord : Record
{
    public async Task<Unit> Handle(TRequest request, CancellationToken cancellationToken)
    {
        var type = types.Of(typeof(TRecord));
        if (request.Purge)
        {
            AccessRules.Demand(caller, type.PurgePermission);
            await records.PurgeAsync(type, request.Id, request.ExpectedVersion, cancellationToken);
        }
        else
        {
            await records.DeleteAsync(type, request.Id, request.ExpectedVersion, cancellationToken);
        }

        return Unit.Value;
    }
}
