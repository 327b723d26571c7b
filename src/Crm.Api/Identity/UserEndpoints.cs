using Crm.Api.Http;
using Crm.Api.Records;
using Crm.Application.Identity;
using Crm.Domain.Identity;

namespace Crm.Api.Identity;

/// <summary>The tenant's users over HTTP, to choose owners from.</summary>
internal sealed class UserEndpoints : IEndpointGroup
{
    public static void Map(IEndpointRouteBuilder app) => app.MapRecords<Member>()
        .List(query => new ListUsers(query))
        .Query(query => new QueryUsers(query))
        .Get((id, selection) => new GetUser(id, selection));
}
