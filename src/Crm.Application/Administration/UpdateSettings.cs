using System.Text.Json;
using System.Text.RegularExpressions;
using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Bodies;
using Crm.Application.Identity;
using Crm.Application.Messaging;
using Crm.Application.Messaging.Pipeline;
using Crm.Application.MultiTenancy;
using Crm.Application.Tenants;
using Crm.Domain.Common;
using Crm.Domain.Identity;
using Crm.Domain.Tenants;
using FluentValidation;
using MediatR;

namespace Crm.Application.Administration;

/// <summary>
/// Changes what the tenant's admins decide. Every node knows within a second; sessions heed new lifetimes when they are opened or
/// refreshed.
/// </summary>
/// <param name="Change">The settings as they are to be.</param>
/// <param name="ExpectedVersion">The version that the change is meant for.</param>
[Requires("settings:write")]
public sealed record UpdateSettings(SettingsChange Change, int ExpectedVersion) : ICommand<SettingsDto>;

/// <summary>What a tenant's admins decide.</summary>
/// <param name="Name">The tenant's name, as people see it.</param>
/// <param name="Currency">The currency of amounts given without one, ISO 4217.</param>
/// <param name="TimeZone">The time zone of people who have chosen none, a name of the IANA time zone database.</param>
/// <param name="Locale">The language and region of people who have chosen none, such as en-US.</param>
/// <param name="RequireIfMatch">Whether changes of a record must name the version they are meant for.</param>
/// <param name="PasswordMinLength">The fewest characters of a member's password, not fewer than the host demands; null for as many as
/// that.</param>
/// <param name="PasswordRequireMixture">Whether passwords must be mixed also where the host does not demand it.</param>
/// <param name="SessionIdleDays">How many days a session lasts without being refreshed, 1–90, if the host lets it last so long; null for as
/// long as the host lets it.</param>
/// <param name="SessionLifetimeDays">How many days a session lasts at most, 1–366, if the host lets it last so long; null for as long as
/// the host lets it.</param>
public sealed record SettingsChange(
    string? Name = null, string? Currency = null, string? TimeZone = null, string? Locale = null, bool? RequireIfMatch = null,
    int? PasswordMinLength = null, bool? PasswordRequireMixture = null, int? SessionIdleDays = null, int? SessionLifetimeDays = null)
{
    /// <summary>The settings as they are.</summary>
    public static SettingsChange Of(SettingsDto settings) =>
        JsonSerializer.SerializeToElement(settings, JsonSerializerOptions.Web).Deserialize<SettingsChange>(JsonSerializerOptions.Web)!;
}

internal sealed partial class UpdateSettingsValidator : RequestValidator<UpdateSettings>
{
    public UpdateSettingsValidator(PasswordPolicy policy)
    {
        Member("/name", r => r.Change.Name).MustNotBeCleared().MustBeName();
        Member("/currency", r => r.Change.Currency).MustNotBeCleared().MustBeCurrency();
        Member("/timeZone", r => r.Change.TimeZone).MustNotBeCleared().Must(IsTimeZone).WithErrorCode("invalid_choice")
            .WithMessage("A time zone is a name of the IANA database, such as Europe/Berlin.");
        Member("/locale", r => r.Change.Locale).MustNotBeCleared().Must(locale => Locale().IsMatch(locale!)).WithErrorCode("invalid_choice")
            .WithMessage("A locale is a language with or without a region, such as en or en-US.");
        Member("/requireIfMatch", r => r.Change.RequireIfMatch).MustNotBeCleared();
        Member("/passwordRequireMixture", r => r.Change.PasswordRequireMixture).MustNotBeCleared();
        Between("/passwordMinLength", r => r.Change.PasswordMinLength, policy.MinLength, policy.MaxLength);
        Between("/sessionIdleDays", r => r.Change.SessionIdleDays, 1, 90);
        Between("/sessionLifetimeDays", r => r.Change.SessionLifetimeDays, 1, 366);
    }

    private static bool IsTimeZone(string? zone) => zone!.Length <= 64 && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _);

    private void Between(string pointer, Func<UpdateSettings, int?> number, int min, int max) =>
        Member(pointer, number).Must(n => n is null || (n >= min && n <= max)).WithErrorCode("out_of_range").WithMessage($"{min} to {max}.");

    [GeneratedRegex("^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$", RegexOptions.NonBacktracking)]
    private static partial Regex Locale();
}

internal sealed class UpdateSettingsHandler(IMultiTenantStore tenants, IMultiTenantContextAccessor present, ICaller caller, RequestOrigin origin)
    : IRequestHandler<UpdateSettings, SettingsDto>
{
    public async Task<SettingsDto> Handle(UpdateSettings request, CancellationToken cancellationToken)
    {
        var tenant = (await tenants.GetAsync(present.MultiTenantContext.TenantInfo!.TenantId, cancellationToken))!;
        tenant.DemandInUse();
        if (tenant.Version != request.ExpectedVersion)
            throw new StaleVersionException(SettingsDto.Of(tenant));

        // The settings are the members of the request that the tenant's settings have too.
        var before = JsonSerializer.SerializeToElement(tenant.Settings, JsonSerializerOptions.Web);
        var settings = JsonSerializer.SerializeToElement(request.Change, JsonSerializerOptions.Web)
            .Deserialize<TenantSettings>(JsonSerializerOptions.Web)!;
        var after = JsonSerializer.SerializeToElement(settings, JsonSerializerOptions.Web);
        var changed = tenant with { Name = request.Change.Name!, Currency = request.Change.Currency!, Settings = settings };
        if (changed == tenant)
            return SettingsDto.Of(tenant);

        var entry = TenantEvent.Of(SecurityActions.TenantSettingsChanged, changed, caller, origin,
        [
            ("name", tenant.Name, changed.Name),
            ("currency", tenant.Currency, changed.Currency),
            .. after.EnumerateObject().Select(member =>
                (member.Name, (object?)before.GetProperty(member.Name).ToString(), (object?)member.Value.ToString())),
        ]);
        return await tenants.UpdateAsync(changed, entry with { InTenant = true }, cancellationToken)
            ? SettingsDto.Of(changed with { Version = tenant.Version + 1 })
            : throw new StaleVersionException(current: null);
    }
}
