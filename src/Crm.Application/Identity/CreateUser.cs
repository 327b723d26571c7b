using Crm.Application.Administration;
using Crm.Application.Authorization;
using Crm.Application.Bodies;
using Crm.Application.Messaging;
using Crm.Application.Persistence;
using Crm.Application.Roles;
using Crm.Domain.Identity;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Crm.Application.Identity;

/// <summary>
/// Makes a person a member of the tenant without asking the person; for the system itself, which fills a tenant with sample data. Over
/// HTTP people are invited instead. The user has no password until the person resets it. Account and membership come about together or not
/// at all.
/// </summary>
/// <param name="Email">The e-mail address to sign in with.</param>
/// <param name="Name">The name others see; one who exists keeps their own.</param>
/// <param name="Role">The name of the role, such as <c>member</c>.</param>
[Requires("users:write")]
public sealed record CreateUser(string Email, string Name, string Role) : ICommand<UserSummary>, ITransactional;

internal sealed class CreateUserValidator : RequestValidator<CreateUser>
{
    public CreateUserValidator()
    {
        Member("/email", r => r.Email).MustBeMailable();
        Member("/name", r => r.Name).MustBeName();
        Member("/role", r => r.Role).MustBeGiven();
    }
}

internal sealed class CreateUserHandler(
    ITenantSession session, IMembershipLock gate, IInvitationDesk desk, RoleRoster roster, TimeProvider time) : IRequestHandler<CreateUser, UserSummary>
{
    public async Task<UserSummary> Handle(CreateUser request, CancellationToken cancellationToken)
    {
        var role = await roster.FindToGiveAsync(request.Role, cancellationToken);

        // Before the account is locked: whoever waits for this holds nothing that another waits for.
        await gate.HoldAsync(cancellationToken);
        var user = await desk.EnrolAsync(new User { Email = request.Email, Name = request.Name, CreatedAt = time.GetUtcNow() }, cancellationToken);
        if (await session.Database.Memberships.AnyAsync(m => m.Id == user.Id, cancellationToken))
            throw IdentityErrors.AlreadyMember();
        await session.DemandRoomForUserAsync(gate, cancellationToken);
        session.Database.Memberships.Add(new Membership { Id = user.Id, RoleId = role.Id });
        return new UserSummary(user.Id, user.Email, user.Name);
    }
}
