using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Records;
using Crm.Domain.Common;
using MediatR;

namespace Crm.Application.Meta;

/// <summary>
/// Reads one record type with its fields. One whose records the caller may not read is as unknown as one that does not exist.
/// </summary>
/// <param name="Name">The record type's name, such as <c>contact</c>.</param>
[SignedIn]
public sealed record GetRecordType(string Name) : IQuery<RecordTypeDto>;

internal sealed class GetRecordTypeHandler(RecordModel types, ICaller caller) : IRequestHandler<GetRecordType, RecordTypeDto>
{
    public Task<RecordTypeDto> Handle(GetRecordType request, CancellationToken cancellationToken) =>
        types.Find(request.Name) is { } type && RecordView.Of(caller).MayRead(type)
            ? Task.FromResult(RecordTypeDto.Of(type, RecordView.Of(caller)))
            : throw new NotFoundException("record type");
}
