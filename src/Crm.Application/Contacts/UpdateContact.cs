using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Records;
using Crm.Domain.Contacts;
using MediatR;

namespace Crm.Application.Contacts;

/// <summary>Changes the fields of a contact that were sent.</summary>
/// <param name="Id">The contact.</param>
/// <param name="Input">The fields.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
[Requires("contacts:write")]
public sealed record UpdateContact(Guid Id, RecordInput<Contact> Input, int? ExpectedVersion) : ICommand<RecordDocument>;

internal sealed class UpdateContactHandler(IRecordStore records) : IRequestHandler<UpdateContact, RecordDocument>
{
    public Task<RecordDocument> Handle(UpdateContact request, CancellationToken cancellationToken) =>
        records.UpdateAsync(request.Id, request.Input, request.ExpectedVersion, cancellationToken);
}
