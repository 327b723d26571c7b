using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Persistence;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Crm.Application.Tenants;

/// <summary>
/// Ends the memberships that a creation which was cut off left in the present tenant, so that whoever it was for does not own what somebody
/// else
/// creates. To be sent within an <see cref="MultiTenancy.ITenantScope"/>, before the tenant is opened.
/// </summary>
/// <param name="OwnerId">The user who remains; <c>null</c> for none.</param>
[HostScope]
internal sealed record DismissOthers(Guid? OwnerId) : ICommand<Unit>, ITransactional;

internal sealed class DismissOthersHandler(ITenantSession session) : IRequestHandler<DismissOthers, Unit>
{
    public async Task<Unit> Handle(DismissOthers request, CancellationToken cancellationToken)
    {
        var memberships = session.Database.Memberships;

        // Nobody can have worked in a tenant that was never open, so nothing refers to these.
        memberships.RemoveRange(await memberships.Where(m => m.Id != request.OwnerId).ToListAsync(cancellationToken));
        return Unit.Value;
    }
}
