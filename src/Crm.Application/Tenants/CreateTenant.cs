using Crm.Application.Authorization;
using Crm.Application.Host;
using Crm.Application.Identity;
using Crm.Application.Messaging;
using Crm.Application.MultiTenancy;
using Crm.Domain.Common;
using Crm.Domain.Identity;
using Crm.Domain.Tenants;
using FluentValidation;
using MediatR;

namespace Crm.Application.Tenants;

/// <summary>Creates a tenant that is ready to use: with the built-in roles, a sales pipeline and, if wanted, its first owner.</summary>
/// <param name="Identifier">The short name: 3–40 of a–z, 0–9 and hyphen, beginning with a letter, not a UUID.</param>
/// <param name="Name">The name people see.</param>
/// <param name="Currency">The currency of amounts given without one, ISO 4217; USD when left out.</param>
/// <param name="Admin">The first owner.</param>
[HostScope]
public sealed record CreateTenant(string Identifier, string Name, string? Currency = null, FirstAdmin? Admin = null) : ICommand<TenantDto>;

/// <summary>The first owner of a new tenant. One whose e-mail address is known already keeps the name but gets the password.</summary>
/// <param name="Email">The e-mail address to sign in with.</param>
/// <param name="Name">The name others see.</param>
/// <param name="Password">The password.</param>
public sealed record FirstAdmin(string Email, string Name, string Password)
{
    /// <summary>The name alone: the password must not end up in a log.</summary>
    /// <returns>The name of the type.</returns>
    public override string ToString() => nameof(FirstAdmin);
}

internal sealed class CreateTenantValidator : AbstractValidator<CreateTenant>
{
    public CreateTenantValidator(PasswordPolicy policy)
    {
        RuleFor(r => r.Identifier).Must(TenantIdentifier.IsValid).WithErrorCode("invalid_identifier")
            .WithMessage("An identifier has 3–40 of a–z, 0–9 and hyphen, begins with a letter, does not end with a hyphen and is not a UUID.")
            .OverridePropertyName("/identifier");
        RuleFor(r => r.Name).NameAt("/name");
        RuleFor(r => r.Currency).Must(c => c is null || Currencies.IsKnown(c)).WithErrorCode("invalid_choice")
            .WithMessage("A currency is a code of ISO 4217 in capitals.").OverridePropertyName("/currency");
        When(r => r.Admin is not null, () =>
        {
            RuleFor(r => r.Admin!.Email).EmailAt("/admin/email");
            RuleFor(r => r.Admin!.Name).NameAt("/admin/name");
            RuleFor(r => r.Admin!.Password).NotNull().WithErrorCode("required").WithMessage("This member is required.").OverridePropertyName("/admin/password");
            RuleFor(r => (string?)r.Admin!.Password).PasswordAt("/admin/password", policy, r => r.Admin!.Name ?? "", r => r.Admin!.Email ?? "");
        });
    }
}

internal sealed class CreateTenantHandler(IMediator mediator, IMultiTenantStore tenants, ITenantScope scope, ICaller caller)
    : IRequestHandler<CreateTenant, TenantDto>
{
    public async Task<TenantDto> Handle(CreateTenant request, CancellationToken cancellationToken)
    {
        var tenant = await ReserveAsync(request, cancellationToken);
        if (request.Admin is { } admin)
        {
            await mediator.Send(new CreateAdmin(tenant.Id, admin.Email, admin.Name, admin.Password), cancellationToken);
        }
        else
        {
            using (scope.Use(tenant))
                await mediator.Send(new FurnishTenant(OwnerId: null), cancellationToken);
        }

        var ready = tenant with { Name = request.Name, Currency = request.Currency ?? tenant.Currency, Status = TenantStatuses.Active };
        await tenants.UpdateAsync(ready, HostEntry.OfTenant(HostActions.TenantCreated, ready, caller), cancellationToken);
        return TenantDto.Of(ready);
    }

    // The tenant and what is in it cannot be written in one transaction, so the tenant comes first, closed. A creation that was cut off
    // is taken up by the next one with the same identifier.
    private async Task<CrmTenantInfo> ReserveAsync(CreateTenant request, CancellationToken cancellationToken)
    {
        var tenant = new CrmTenantInfo(Guid.CreateVersion7(), request.Identifier, request.Name, TenantStatuses.Preparing, request.Currency ?? "USD");
        if (await tenants.AddAsync(tenant, cancellationToken))
            return tenant;

        return await tenants.GetByIdentifierAsync(request.Identifier, cancellationToken) is { Status: TenantStatuses.Preparing } unfinished
            ? unfinished
            : throw TenantErrors.IdentifierTaken(request.Identifier);
    }
}
