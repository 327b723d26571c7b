using Crm.Application.Authorization;
using Crm.Application.ChangeLog;
using Crm.Application.Messaging;
using Crm.Application.Persistence;
using Crm.Application.Records;
using Crm.Domain.Identity;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Crm.Application.Roles;

/// <summary>
/// Changes the fields of a role that were sent, for all who have it. Neither what it was nor what comes of it may allow more than the
/// caller's own role.
/// </summary>
/// <param name="Id">The role.</param>
/// <param name="Input">The fields; scopes and field rules are merged into those there are.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
[Requires("roles:write")]
public sealed record UpdateRole(Guid Id, RecordInput<Role> Input, int? ExpectedVersion) : ICommand<RecordDocument>, ITransactional;

internal sealed class UpdateRoleHandler(ITenantSession session, IRecordStore records, IChangeLog changes, RoleRoster roster)
    : IRequestHandler<UpdateRole, RecordDocument>
{
    public async Task<RecordDocument> Handle(UpdateRole request, CancellationToken cancellationToken)
    {
        var (id, input) = (request.Id, request.Input);
        await roster.HoldAsync(cancellationToken);
        await records.HoldAsync(input.Description, id, request.ExpectedVersion, cancellationToken);
        await records.DemandReferencesAsync(input.Values, cancellationToken);
        var role = await session.Database.Roles.SingleAsync(r => r.Id == id, cancellationToken);
        if (role.BuiltIn)
            throw RoleErrors.BuiltIn();

        // As it was, too: nobody takes from those who may do more.
        await roster.DemandWithinOwnAsync(role, cancellationToken);
        input.ApplyToRole(role);
        await roster.DemandWithinOwnAsync(role, cancellationToken);
        await changes.SaveAsync(cancellationToken);
        return (await records.FindAsync(id, RecordSelection.Whole(input.Description), cancellationToken))!;
    }
}
