using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Records;
using Crm.Domain.Identity;
using MediatR;

namespace Crm.Application.Roles;

/// <summary>Creates a role of the tenant's own; it may not allow more than the caller's.</summary>
/// <param name="Input">Its fields.</param>
[Requires("roles:write")]
public sealed record CreateRole(RecordInput<Role> Input) : ICommand<RecordDocument>, ITransactional;

internal sealed class CreateRoleHandler(IRecordStore records, RoleRoster roster) : IRequestHandler<CreateRole, RecordDocument>
{
    public async Task<RecordDocument> Handle(CreateRole request, CancellationToken cancellationToken)
    {
        var role = new Role { Id = request.Input.Id };
        request.Input.ApplyToRole(role);
        await roster.DemandWithinOwnAsync(role, cancellationToken);
        return await records.CreateAsync(role, cancellationToken);
    }
}
