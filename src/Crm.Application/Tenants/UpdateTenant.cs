using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Bodies;
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

internal sealed class UpdateTenantValidator : RequestValidator<UpdateTenant>
{
    public UpdateTenantValidator(Plans plans)
    {
        Member("/name", r => r.Change.Name).MustNotBeCleared().MustBeName();
        Member("/identifier", r => r.Change.Identifier).MustNotBeCleared().MustBeIdentifier();
        Member("/currency", r => r.Change.Currency).MustNotBeCleared().MustBeCurrency();
        Member("/plan", r => r.Change.Plan).MustNotBeCleared().Must(plans.Contains).WithErrorCode("invalid_choice")
            .WithMessage($"One of: {string.Join(", ", plans.Names)}.");
        Limit("/limits/users", limits => limits.Users, least: 1);
        Limit("/limits/records", limits => limits.Records, least: 0);
        Limit("/limits/requestsPerMinute", limits => limits.RequestsPerMinute, least: 1);
        Limit("/limits/apiKeys", limits => limits.ApiKeys, least: 0);
    }

    private void Limit<T>(string pointer, Func<TenantLimits, T?> limit, T least)
        where T : struct, IComparable<T> =>
        Member(pointer, r => r.Change.Limits, limit).Must(n => n is not { } given || given.CompareTo(least) >= 0)
            .WithErrorCode("out_of_range").WithMessage($"{least} or more.");
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
