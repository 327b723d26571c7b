using Crm.Application.Imports;
using Crm.Application.Records;
using Crm.Domain.Contacts;
using MediatR;

namespace Crm.Application.Contacts;

/// <summary>Rows of a file become contacts by the use cases of the API.</summary>
internal sealed class ImportContacts(IMediator mediator, RecordModel types)
    : ImportTarget<Contact>(mediator, types, input => new CreateContact(input), (id, input) => new UpdateContact(id, input, ExpectedVersion: null));
