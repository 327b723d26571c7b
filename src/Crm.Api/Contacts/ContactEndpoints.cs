using Crm.Api.Http;
using Crm.Api.Records;
using Crm.Application.Contacts;
using Crm.Domain.Contacts;

namespace Crm.Api.Contacts;

/// <summary>Contacts over HTTP.</summary>
internal sealed class ContactEndpoints : IEndpointGroup
{
    public static void Map(IEndpointRouteBuilder app) => app.MapRecords<Contact>()
        .List(query => new ListContacts(query))
        .Query(query => new QueryContacts(query))
        .Get((id, selection) => new GetContact(id, selection))
        .Create(input => new CreateContact(input))
        .Update((id, input, version) => new UpdateContact(id, input, version))
        .Delete((id, version, purge) => new DeleteContact(id, version, purge))
        .Restore((id, version) => new RestoreContact(id, version));
}
