using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Bodies;
using Crm.Application.Identity;
using Crm.Application.Messaging;
using Crm.Application.Messaging.Pipeline;
using Crm.Application.MultiTenancy;
using Crm.Domain.Identity;
using Crm.Domain.Tenants;
using MediatR;

namespace Crm.Application.Tenants;

/// <summary>Creates a tenant that is ready to use: with the built-in roles, a sales pipeline and, if wanted, its first owner.</summary>
/// <param name="Identifier">The short name: 3–40 of a–z, 0–9 and hyphen, beginning with a letter, not a UUID.</param>
/// <param name="Name">The name people see.</param>
/// <param name="Currency">The currency of amounts given without one, ISO 4217; USD when left out.</param>
/// <param name="Admin">The first owner.</param>
[HostScope]
public sealed record CreateTenant(string Identifier, string Name, string? Currency = null, FirstAdmin? Admin = null)
    : ICommand<TenantDto>, ISetsPassword
{
    string? ISetsPassword.NewPassword => Admin?.Password;

    static string ISetsPassword.PasswordPointer => "/admin/password";
}

/// <summary>
/// The first owner of a new tenant. One whose e-mail address is known already keeps name and password, and none is given.
/// </summary>
/// <param name="Email">The e-mail address to sign in with.</param>
/// <param name="Name">The name others see.</param>
/// <param name="Password">The password of a new user; to be left out for one who has a password.</param>
public sealed record FirstAdmin(string Email, string Name, string? Password = null)
{
    /// <summary>The name alone: the password must not end up in a log.</summary>
    public override string ToString() => nameof(FirstAdmin);
}

internal sealed class CreateTenantValidator : RequestValidator<CreateTenant>
{
    public CreateTenantValidator()
    {
        Member("/identifier", r => r.Identifier).MustBeIdentifier();
        Member("/name", r => r.Name).MustBeName();
        Optional("/currency", r => r.Currency).MustBeCurrency();
        Member("/admin/email", r => r.Admin, admin => admin.Email).MustBeMailable();
        Member("/admin/name", r => r.Admin, admin => admin.Name).MustBeName();
    }
}

internal sealed class CreateTenantOwner(IUserDirectory users) : IPasswordOwnerOf<CreateTenant>
{
    public async Task<PasswordOwner> FindAsync(CreateTenant request, CancellationToken cancellationToken)
    {
        var owner = new PasswordOwner(null, request.Admin?.Name ?? "", request.Admin?.Email ?? "", request.Identifier is null ? [] : [request.Identifier]);
        var known = await users.FindByEmailAsync(owner.Email, cancellationToken);
        return owner.With(await users.DescribeAsync(known?.Id, cancellationToken));
    }
}

internal sealed class CreateTenantHandler(
    IMediator mediator, IMultiTenantStore tenants, ITenantClaims claims, ITenantScope scope, IUserDirectory users, ICaller caller, RequestOrigin origin)
    : IRequestHandler<CreateTenant, TenantDto>
{
    public async Task<TenantDto> Handle(CreateTenant request, CancellationToken cancellationToken)
    {
        await DemandPasswordIfNewAsync(request.Admin, cancellationToken);

        // Held to the end: nobody else furnishes the tenant, or makes somebody its owner, meanwhile.
        await using var claim = await claims.TryTakeAsync(request.Identifier, cancellationToken) ?? throw TenantErrors.IdentifierTaken(request.Identifier);
        var (tenant, takenOver) = await ReserveAsync(request, cancellationToken);
        var owner = request.Admin is { } admin
            ? await mediator.Send(new CreateAdmin(tenant.Id, admin.Email, admin.Name, admin.Password), cancellationToken)
            : null;
        using (scope.Use(tenant))
        {
            if (owner is null)
                await mediator.Send(new FurnishTenant(OwnerId: null), cancellationToken);
            if (takenOver)
                await mediator.Send(new DismissOthers(owner?.Id), cancellationToken);
        }

        var ready = tenant with { Name = request.Name, Currency = request.Currency ?? tenant.Currency, Status = TenantStatuses.Active };
        return await tenants.UpdateAsync(ready, TenantEvent.Of(SecurityActions.TenantCreated, ready, caller, origin), cancellationToken)
            ? TenantDto.Of(ready with { Version = tenant.Version + 1 })
            : throw TenantErrors.IdentifierTaken(request.Identifier);
    }

    // Said before anything is made, and where it stands in this request.
    private async Task DemandPasswordIfNewAsync(FirstAdmin? admin, CancellationToken cancellationToken)
    {
        if (admin is null)
            return;
        var known = await users.FindByEmailAsync(admin.Email, cancellationToken) is { PasswordHash: not null };
        if (known != admin.Password is null)
            throw known ? IdentityErrors.AccountExists("/admin/password") : IdentityErrors.PasswordNeeded("/admin/password");
    }

    // The tenant and what is in it cannot be written in one transaction, so the tenant comes first, closed. A creation that was cut off,
    // which nobody has a claim to any more, is taken over by the next one with the same identifier.
    private async Task<(CrmTenantInfo Tenant, bool TakenOver)> ReserveAsync(CreateTenant request, CancellationToken cancellationToken)
    {
        var tenant = new CrmTenantInfo(Guid.CreateVersion7(), request.Identifier, request.Name, TenantStatuses.Preparing, request.Currency ?? "USD");
        if (await tenants.AddAsync(tenant, cancellationToken))
            return (tenant, false);

        return await tenants.GetByIdentifierAsync(request.Identifier, cancellationToken) is { Status: TenantStatuses.Preparing } unfinished
            ? (unfinished, true)
            : throw TenantErrors.IdentifierTaken(request.Identifier);
    }
}
