using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Bodies;
using Crm.Application.Messaging;
using Crm.Application.MultiTenancy;
using Crm.Application.Tenants;
using Crm.Domain.Identity;
using Crm.Domain.Tenants;
using MediatR;

namespace Crm.Application.Identity;

/// <summary>
/// Makes a person owner of a tenant, or operator of the host when no tenant is named. The person is created unless the e-mail address is
/// known; one who is known keeps name and password, unless a new password is asked for in so many words.
/// </summary>
/// <param name="Tenant">The tenant, by identifier or id; <c>null</c> for the host.</param>
/// <param name="Email">The e-mail address to sign in with.</param>
/// <param name="Name">The name others see; kept as it is for one who exists.</param>
/// <param name="Password">The password of a new user; to be left out for one who has a password.</param>
/// <param name="ResetPassword">Whether the password replaces the one of a user who has one, in all their tenants.</param>
[HostScope]
public sealed record CreateAdmin(string? Tenant, string Email, string Name, string? Password, bool ResetPassword = false) : ICommand<UserSummary>, ISetsPassword
{
    string? ISetsPassword.NewPassword => Password;

    static string ISetsPassword.PasswordPointer => "/password";

    /// <summary>The name alone: the password must not end up in a log.</summary>
    public override string ToString() => nameof(CreateAdmin);
}

internal sealed class CreateAdminValidator : RequestValidator<CreateAdmin>
{
    public CreateAdminValidator()
    {
        Member("/email", r => r.Email).MustBeMailable();
        Member("/name", r => r.Name).MustBeName();
    }
}

// What the operator sets is not held against the passwords of the past: saying the same twice is no fault.
internal sealed class CreateAdminOwner(IUserDirectory users, IMultiTenantStore tenants) : IPasswordOwnerOf<CreateAdmin>
{
    public async Task<PasswordOwner> FindAsync(CreateAdmin request, CancellationToken cancellationToken)
    {
        // Its short name, whichever way it is named here: of an id, four digits occur in many a good password.
        var tenant = request.Tenant is null ? null : await tenants.FindNamedAsync(request.Tenant, cancellationToken);
        var owner = new PasswordOwner(null, request.Name ?? "", request.Email ?? "", tenant is null ? [] : [tenant.Identifier]);
        var known = await users.FindByEmailAsync(owner.Email, cancellationToken);
        return owner.With(await users.DescribeAsync(known?.Id, cancellationToken)).Under(tenant?.Settings);
    }
}

internal sealed class CreateAdminHandler(
    IMediator mediator, IMultiTenantStore tenants, ITenantScope scope, IUserDirectory users, IPasswords passwords, ISessions sessions, ISecurityLog log, TimeProvider time)
    : IRequestHandler<CreateAdmin, UserSummary>
{
    public async Task<UserSummary> Handle(CreateAdmin request, CancellationToken cancellationToken)
    {
        var tenant = request.Tenant is null ? null : await tenants.FindNamedAsync(request.Tenant, cancellationToken) ?? throw TenantErrors.Unknown("tenant");
        var user = await PutUserAsync(request, cancellationToken);
        if (tenant is null)
        {
            await users.MakeHostOperatorAsync(user.Id, cancellationToken);
        }
        else
        {
            using (scope.Use(tenant))
                await mediator.Send(new FurnishTenant(user.Id), cancellationToken);
        }

        await log.AppendAsync(
            SecurityActions.AdminCreated, $"user:{user.Id}",
            new Dictionary<string, string> { ["of"] = tenant is null ? "host" : $"tenant:{tenant.Id}" }, CancellationToken.None);
        return new UserSummary(user.Id, user.Email, user.Name);
    }

    private async Task<User> PutUserAsync(CreateAdmin request, CancellationToken cancellationToken)
    {
        if (request.Password is null)
            return await users.FindByEmailAsync(request.Email, cancellationToken) is { PasswordHash: not null } known ? known : throw IdentityErrors.PasswordNeeded();

        var hash = await passwords.HashAsync(request.Password, cancellationToken);
        var user = new User { Email = request.Email, Name = request.Name, PasswordHash = hash, CreatedAt = time.GetUtcNow() };
        if (await users.AddAsync(user, cancellationToken))
            return user;

        var existing = (await users.FindByEmailAsync(request.Email, cancellationToken))!;
        if (existing.PasswordHash is not null && !request.ResetPassword)
            throw IdentityErrors.AccountExists();
        await users.SetPasswordHashAsync(existing.Id, hash, cancellationToken);
        await sessions.RevokeAllAsync(existing.Id, exceptSessionId: null, SessionEndings.PasswordChanged, cancellationToken);
        return existing;
    }
}
