using Crm.Api.Http;
using Crm.Api.Records;
using Crm.Application.Records;
using Crm.Application.Roles;
using Crm.Domain.Identity;

namespace Crm.Api.Roles;

/// <summary>Roles over HTTP.</summary>
internal sealed class RoleEndpoints : IEndpointGroup
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var role = app.ServiceProvider.GetRequiredService<RecordModel>().Of(typeof(Role));
        app.MapRecords<Role>()
            .List(query => new ListRoles(query))
            .Query(query => new QueryRoles(query))
            .Get((id, selection) => new GetRole(id, selection))
            .Create(input => new CreateRole(input))
            .Update((id, input, version) => new UpdateRole(id, input, version), "role_built_in");
        app.MapOperation("DELETE", "/api/v1/admin/roles/{id}", new Operation(typeof(DeleteRole), "Delete a role that no one has.", OperationKind.Delete)
        {
            Record = role,
            SuccessStatus = StatusCodes.Status204NoContent,
            Conflicts = ["role_built_in", "role_in_use"],
        }, async context =>
        {
            await context.SendAtVersionAsync(version => new DeleteRole(context.ReadId(role), version));
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }).WithTags(role.Plural);
    }
}
