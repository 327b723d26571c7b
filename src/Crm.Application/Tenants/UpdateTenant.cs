using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Identity;
using Crm.Application.Messaging;
using Crm.Application.Messaging.Pipeline;
using Crm.Application.MultiTenancy;
using Crm.Domain.Common;
using Crm.Domain.Tenants;
using FluentValidation;
using MediatR;

namespace Crm.Application.Tenants;

/// <summary>
/// Changes what the host decides about a tenant: name, identifier, currency, plan and limits. People sign in by a new identifier at once;
/// access tokens stay
/// good, since they carry the tenant's id.
/// </summary>
/// <param name="Id">The tenant.</param>
/// <param name="Change">The tenant as it is to be.</param>
/// <param name="ExpectedVersion">The version that the change is meant for.</param>
[HostScope]
public sealed record UpdateTenant(Guid Id, TenantChange Change, int ExpectedVersion) : ICommand<TenantDto>;

/// <summary>What the host decides about a tenant.</summary>
/// <param name="Name">The name people see.</param>
/// <param name="Identifier">The short name: 3–40 of a–z, 0–9 and hyphen, beginning with a letter, not a UUID.</param>
/// <param name="Currency">The currency of amounts given without one, ISO 4217.</param>
/// <param name="Plan">The name of a plan that the host offers.</param>
/// <param name="Limits">Limits of this tenant alone, which count instead of its plan's; null for none.</param>
public sealed record TenantChange(string? Name = null, string? Identifier = null, string? Currency = null, string? Plan = null, TenantLimits? Limits = null)
{
    /// <summary>A tenant as it is.</summary>
    public static TenantChange Of(TenantDto tenant) => new(tenant.Name, tenant.Identifier, tenant.Currency, tenant.Plan, tenant.Limits);
}

internal sealed class UpdateTenantValidator : AbstractValidator<UpdateTenant>
{
    public UpdateTenantValidator(Plans plans)
    {
        this.NeverNull(r => r.Change.Name, "/name", () => RuleFor(r => r.Change.Name!).NameAt("/name"));
        this.NeverNull(r => r.Change.Identifier, "/identifier", () => RuleFor(r => r.Change.Identifier).IdentifierAt("/identifier"));
        this.NeverNull(r => r.Change.Currency, "/currency", () => RuleFor(r => r.Change.Currency).CurrencyAt("/currency"));
        this.NeverNull(r => r.Change.Plan, "/plan", () => RuleFor(r => r.Change.Plan).Must(plans.Contains).WithErrorCode("invalid_choice")
            .WithMessage($"One of: {string.Join(", ", plans.Names)}.").OverridePropertyName("/plan"));
        RuleFor(r => r.Change.Limits!.Users).Must(n => n is null or >= 1).WithErrorCode("out_of_range").WithMessage("1 or more.")
            .When(r => r.Change.Limits is not null).OverridePropertyName("/limits/users");
        RuleFor(r => r.Change.Limits!.Records).Must(n => n is null or >= 0).WithErrorCode("out_of_range").WithMessage("0 or more.")
            .When(r => r.Change.Limits is not null).OverridePropertyName("/limits/records");
        RuleFor(r => r.Change.Limits!.RequestsPerMinute).Must(n => n is null or >= 1).WithErrorCode("out_of_range").WithMessage("1 or more.")
            .When(r => r.Change.Limits is not null).OverridePropertyName("/limits/requestsPerMinute");
        RuleFor(r => r.Change.Limits!.ApiKeys).Must(n => n is null or >= 0).WithErrorCode("out_of_range").WithMessage("0 or more.")
            .When(r => r.Change.Limits is not null).OverridePropertyName("/limits/apiKeys");
    }
}

internal sealed class UpdateTenantHandler(IMultiTenantStore tenants, ICaller caller, RequestOrigin origin, Plans plans) : IRequestHandler<UpdateTenant, TenantDto>
{
    public async Task<TenantDto> Handle(UpdateTenant request, CancellationToken cancellationToken)
    {
        var tenant = await tenants.GetAsync(request.Id, cancellationToken) ?? throw TenantErrors.NotFound();
        tenant.DemandInUse();
        if (tenant.Version != request.ExpectedVersion)
            throw new StaleVersionException(TenantDto.Of(tenant));

        var change = request.Change;
        var own = change.Limits ?? TenantLimits.None;
        var changed = tenant with
        {
            Name = change.Name!,
            Identifier = change.Identifier!,
            Currency = change.Currency!,
            Plan = change.Plan!,
            OwnLimits = own,
            Limits = plans.LimitsOf(change.Plan!, own),
        };
        if (changed == tenant)
            return TenantDto.Of(tenant);

        var entry = TenantEvent.Of(SecurityActions.TenantChanged, changed, caller, origin,
        [
            ("name", tenant.Name, changed.Name), ("previousIdentifier", tenant.Identifier, changed.Identifier), ("currency", tenant.Currency, changed.Currency),
            ("plan", tenant.Plan, changed.Plan), ("limitOfUsers", tenant.OwnLimits.Users, own.Users), ("limitOfRecords", tenant.OwnLimits.Records, own.Records),
            ("limitOfRequests", tenant.OwnLimits.RequestsPerMinute, own.RequestsPerMinute), ("limitOfApiKeys", tenant.OwnLimits.ApiKeys, own.ApiKeys),
        ]);
        return await tenants.UpdateAsync(changed, entry, cancellationToken)
            ? TenantDto.Of(changed with { Version = tenant.Version + 1 })
            : throw new StaleVersionException(current: null);
    }
}
