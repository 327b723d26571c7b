using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Persistence;
using Crm.Domain.Identity;
using Crm.Domain.Pipelines;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Crm.Application.Tenants;

/// <summary>
/// Sees to it that the present tenant has what every tenant begins with, the built-in roles and a sales pipeline, and that the user named
/// is an owner. To be
/// sent within an <see cref="MultiTenancy.ITenantScope"/>; does nothing where nothing is missing.
/// </summary>
/// <param name="OwnerId">The user to be an owner; <c>null</c> for none.</param>
[HostScope]
internal sealed record FurnishTenant(Guid? OwnerId) : ICommand<Unit>, ITransactional;

internal sealed class FurnishTenantHandler(ITenantSession session) : IRequestHandler<FurnishTenant, Unit>
{
    public async Task<Unit> Handle(FurnishTenant request, CancellationToken cancellationToken)
    {
        var database = session.Database;
        var roles = await database.Roles.Where(r => r.BuiltIn).ToListAsync(cancellationToken);
        if (roles.Count == 0)
        {
            roles = [.. BuiltInRoles.All.Keys.Select(Role.ThatComesWithTheTenant)];
            database.Roles.AddRange(roles);
            database.Pipelines.Add(SalesPipeline());
        }

        if (request.OwnerId is { } ownerId)
            await MakeOwnerAsync(database, ownerId, roles.Single(r => r.Name == BuiltInRoles.Owner), cancellationToken);
        return Unit.Value;
    }

    private static Pipeline SalesPipeline()
    {
        var pipeline = new Pipeline { Name = "Sales" };
        pipeline.AddStage("Prospecting", StageKinds.Open, 10);
        pipeline.AddStage("Engaging", StageKinds.Open, 50);
        pipeline.AddStage("Won", StageKinds.Won, 100);
        pipeline.AddStage("Lost", StageKinds.Lost, 0);
        return pipeline;
    }

    private static async Task MakeOwnerAsync(ICrmDatabase database, Guid userId, Role owner, CancellationToken cancellationToken)
    {
        if (await database.Memberships.FirstOrDefaultAsync(m => m.Id == userId, cancellationToken) is { } membership)
        {
            membership.RoleId = owner.Id;
            membership.Active = true;
        }
        else
        {
            database.Memberships.Add(new Membership { Id = userId, RoleId = owner.Id });
        }
    }
}
