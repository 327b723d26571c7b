using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Records;
using Crm.Domain.Contacts;
using MediatR;

namespace Crm.Application.Contacts;

/// <summary>Creates a contact.</summary>
/// <param name="Input">Its fields.</param>
[Requires("contacts:write")]
public sealed record CreateContact(RecordInput<Contact> Input) : ICommand<RecordDocument>;

internal sealed class CreateContactHandler(IRecordStore records) : IRequestHandler<CreateContact, RecordDocument>
{
    public Task<RecordDocument> Handle(CreateContact request, CancellationToken cancellationToken)
    {
        var contact = new Contact { Id = request.Input.Id };
        request.Input.ApplyTo(contact);
        return records.CreateAsync(contact, cancellationToken);
    }
}
