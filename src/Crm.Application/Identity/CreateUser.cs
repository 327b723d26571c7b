using Crm.Application.Administration;
using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Persistence;
using Crm.Application.Roles;
using Crm.Domain.Identity;
using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Crm.Application.Identity;

/// <summary>
/// Makes a person a member of the tenant without asking the person; for the system itself, which fills a tenant with sample data. Over
/// HTTP people are invited instead. The user has no password until the person resets it.
/// </summary>
/// <param name="Email">The e-mail address to sign in with.</param>
/// <param name="Name">The name others see; one who exists keeps their own.</param>
/// <param name="Role">The name of the role, such as <c>member</c>.</param>
[Requires("users:write")]
public sealed record CreateUser(string Email, string Name, string Role) : ICommand<UserSummary>;

internal sealed class CreateUserValidator : AbstractValidator<CreateUser>
{
    public CreateUserValidator()
    {
        RuleFor(r => r.Email).EmailAt("/email");
        RuleFor(r => r.Name).NameAt("/name");
        RuleFor(r => r.Role).NeededAt("/role");
    }
}

internal sealed class CreateUserHandler(IMediator mediator, IUserDirectory users, TimeProvider time) : IRequestHandler<CreateUser, UserSummary>
{
    public async Task<UserSummary> Handle(CreateUser request, CancellationToken cancellationToken)
    {
        // Users are above tenants and are not written in a tenant's transaction; a wrong role leaves one behind who is a member of nothing.
        var user = await users.FindByEmailAsync(request.Email, cancellationToken) ?? await AddAsync(request, cancellationToken);
        await mediator.Send(new AddMember(user.Id, request.Role), cancellationToken);
        return new UserSummary(user.Id, user.Email, user.Name);
    }

    private async Task<User> AddAsync(CreateUser request, CancellationToken cancellationToken)
    {
        var user = new User { Email = request.Email, Name = request.Name, CreatedAt = time.GetUtcNow() };
        await users.AddAsync(user, cancellationToken);

        // Of two who add the same person at once the first has.
        return (await users.FindByEmailAsync(request.Email, cancellationToken))!;
    }
}

/// <summary>Adds a membership for a user who exists.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Role">The name of a role the caller may give.</param>
[Requires("users:write")]
internal sealed record AddMember(Guid UserId, string Role) : ICommand<Unit>, ITransactional;

internal sealed class AddMemberHandler(ITenantSession session, IMembershipLock gate, RoleRoster roster) : IRequestHandler<AddMember, Unit>
{
    public async Task<Unit> Handle(AddMember request, CancellationToken cancellationToken)
    {
        var role = await roster.FindToGiveAsync(request.Role, cancellationToken);
        if (await session.Database.Memberships.AnyAsync(m => m.Id == request.UserId, cancellationToken))
            throw IdentityErrors.AlreadyMember();
        await session.DemandRoomForUserAsync(gate, cancellationToken);
        session.Database.Memberships.Add(new Membership { Id = request.UserId, RoleId = role.Id });
        return Unit.Value;
    }
}
