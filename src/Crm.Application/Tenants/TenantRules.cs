using Crm.Application.MultiTenancy;
using Crm.Domain.Common;
using Crm.Domain.Tenants;
using FluentValidation;

namespace Crm.Application.Tenants;

/// <summary>What all use cases about tenants demand.</summary>
internal static class TenantRules
{
    /// <summary>Demands an identifier.</summary>
    public static void MustBeIdentifier<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(TenantIdentifier.IsValid).WithErrorCode("invalid_identifier")
            .WithMessage("An identifier has 3–40 of a–z, 0–9 and hyphen, begins with a letter, does not end with a hyphen and is not a UUID.");

    /// <summary>Demands a currency.</summary>
    /// <typeparam name="T">The request.</typeparam>
    public static void MustBeCurrency<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(currency => currency is not null && Currencies.IsKnown(currency)).WithErrorCode("invalid_choice")
            .WithMessage("A currency is a code of ISO 4217 in capitals.");

    /// <summary>Finds a tenant by its id or its identifier.</summary>
    public static Task<CrmTenantInfo?> FindNamedAsync(this IMultiTenantStore tenants, string idOrIdentifier, CancellationToken cancellationToken) =>
        Guid.TryParseExact(idOrIdentifier, "D", out var id) ? tenants.GetAsync(id, cancellationToken) : tenants.GetByIdentifierAsync(idOrIdentifier, cancellationToken);

    /// <summary>Refuses a tenant that is not made yet, or is being deleted.</summary>
    /// <exception cref="Crm.Domain.Common.ConflictException">It is one of these.</exception>
    public static void DemandInUse(this CrmTenantInfo tenant)
    {
        if (tenant.Status == TenantStatuses.Preparing)
            throw TenantErrors.NotReady();
        if (tenant.DeleteAfter is not null)
            throw TenantErrors.BeingDeleted();
    }
}
