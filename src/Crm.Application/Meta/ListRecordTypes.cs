using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Records;
using MediatR;

namespace Crm.Application.Meta;

/// <summary>Lists the record types whose records the caller may read, with their fields.</summary>
[SignedIn]
public sealed record ListRecordTypes : IQuery<RecordTypeList>;

/// <summary>Record types.</summary>
/// <param name="Data">The record types, by name.</param>
public sealed record RecordTypeList(IReadOnlyList<RecordTypeDto> Data);

internal sealed class ListRecordTypesHandler(RecordModel types, ICaller caller) : IRequestHandler<ListRecordTypes, RecordTypeList>
{
    public Task<RecordTypeList> Handle(ListRecordTypes request, CancellationToken cancellationToken)
    {
        var access = RecordView.Of(caller);
        return Task.FromResult(new RecordTypeList([.. types.All.Where(access.MayRead).Select(t => RecordTypeDto.Of(t, access))]));
    }
}
