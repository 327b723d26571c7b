using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Persistence;
using Crm.Domain.Identity;
using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Crm.Application.Identity;

/// <summary>
/// Makes a person a member of the tenant. Users are global: one who exists already, known by e-mail address, is added as they are, and the
/// name and password given here are not theirs.
/// </summary>
/// <param name="Email">The e-mail address to sign in with.</param>
/// <param name="Name">The name others see.</param>
/// <param name="Role">The name of the role, such as <c>member</c>; it may not have permissions the caller lacks.</param>
/// <param name="Password">The first password of a new user; without one the user cannot sign in by password yet.</param>
[Requires("users:write")]
public sealed record CreateUser(string Email, string Name, string Role, string? Password) : ICommand<CreatedUser>
{
    /// <summary>The name alone: the password must not end up in a log.</summary>
    /// <returns>The name of the request.</returns>
    public override string ToString() => nameof(CreateUser);
}

/// <summary>A new member of the tenant.</summary>
/// <param name="Id">The user's id.</param>
/// <param name="Email">The e-mail address.</param>
/// <param name="Name">The name others see.</param>
/// <param name="Role">The name of the role.</param>
public sealed record CreatedUser(Guid Id, string Email, string Name, string Role);

internal sealed class CreateUserValidator : AbstractValidator<CreateUser>
{
    public CreateUserValidator(PasswordPolicy policy)
    {
        RuleFor(r => r.Email).EmailAt("/email");
        RuleFor(r => r.Name).NameAt("/name");
        RuleFor(r => r.Role).NotEmpty().WithErrorCode("required").WithMessage("This member is required.").OverridePropertyName("/role");
        RuleFor(r => r.Password).PasswordAt("/password", policy, r => r.Name ?? "", r => r.Email ?? "");
    }
}

internal sealed class CreateUserHandler(IMediator mediator, IUserDirectory users, IPasswords passwords, TimeProvider time)
    : IRequestHandler<CreateUser, CreatedUser>
{
    public async Task<CreatedUser> Handle(CreateUser request, CancellationToken cancellationToken)
    {
        // Users are above tenants and are not written in a tenant's transaction; the role is looked at first, so that a wrong one leaves no user behind.
        var role = await mediator.Send(new CheckRole(request.Role), cancellationToken);
        var user = await users.FindByEmailAsync(request.Email, cancellationToken) ?? await AddAsync(request, cancellationToken);
        await mediator.Send(new AddMember(user.Id, role), cancellationToken);
        return new CreatedUser(user.Id, user.Email, user.Name, request.Role);
    }

    private async Task<User> AddAsync(CreateUser request, CancellationToken cancellationToken)
    {
        var user = new User
        {
            Email = request.Email,
            Name = request.Name,
            PasswordHash = request.Password is null ? null : await passwords.HashAsync(request.Password, cancellationToken),
            CreatedAt = time.GetUtcNow(),
        };
        return await users.AddAsync(user, cancellationToken)
            ? user
            : await users.FindByEmailAsync(request.Email, cancellationToken) ?? throw new InvalidOperationException("The user vanished.");
    }
}

/// <summary>Finds a role the caller may give.</summary>
/// <param name="Name">The role's name.</param>
[Requires("users:write")]
internal sealed record CheckRole(string Name) : ICommand<Guid>, ITransactional;

internal sealed class CheckRoleHandler(ITenantSession session, ICaller caller) : IRequestHandler<CheckRole, Guid>
{
    public async Task<Guid> Handle(CheckRole request, CancellationToken cancellationToken)
    {
        var role = await session.Database.Roles.AsNoTracking().FirstOrDefaultAsync(r => r.Name == request.Name, cancellationToken)
            ?? throw IdentityErrors.UnknownRole();
        return role.Permissions.All(caller.Permissions.Contains) ? role.Id : throw IdentityErrors.RoleExceedsCaller();
    }
}

/// <summary>Adds a membership for a user who exists.</summary>
/// <param name="UserId">The user.</param>
/// <param name="RoleId">The role, one the caller may give.</param>
[Requires("users:write")]
internal sealed record AddMember(Guid UserId, Guid RoleId) : ICommand<Unit>, ITransactional;

internal sealed class AddMemberHandler(ITenantSession session) : IRequestHandler<AddMember, Unit>
{
    public async Task<Unit> Handle(AddMember request, CancellationToken cancellationToken)
    {
        if (await session.Database.Memberships.AnyAsync(m => m.Id == request.UserId, cancellationToken))
            throw IdentityErrors.AlreadyMember();
        session.Database.Memberships.Add(new Membership { Id = request.UserId, RoleId = request.RoleId });
        return Unit.Value;
    }
}
