using System.Text.Json;
using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.MultiTenancy;
using MediatR;

namespace Crm.Application.Administration;

/// <summary>Reads what the tenant's admins decided.</summary>
[Requires("settings:read")]
public sealed record GetSettings : IQuery<SettingsDto>;

/// <summary>What a tenant's admins decided.</summary>
/// <param name="Identifier">The tenant's short name, which the host decides.</param>
/// <param name="Name">The tenant's name, as people see it.</param>
/// <param name="Currency">The currency of amounts given without one, ISO 4217.</param>
/// <param name="TimeZone">The time zone of people who have chosen none, a name of the IANA time zone database.</param>
/// <param name="Locale">The language and region of people who have chosen none, such as en-US.</param>
/// <param name="RequireIfMatch">Whether changes of a record must name the version they are meant for.</param>
/// <param name="PasswordMinLength">The fewest characters of a member's password; null for as many as the host demands.</param>
/// <param name="PasswordRequireMixture">Whether passwords must be mixed also where the host does not demand it.</param>
/// <param name="SessionIdleDays">How many days a session lasts without being refreshed; null for as long as the host lets it.</param>
/// <param name="SessionLifetimeDays">How many days a session lasts however often it is refreshed; null for as long as the host lets
/// it.</param>
/// <param name="Version">Grows by one with every change of the tenant; the ETag.</param>
public sealed record SettingsDto(
    string Identifier, string Name, string Currency, string TimeZone, string Locale, bool RequireIfMatch, int? PasswordMinLength,
    bool PasswordRequireMixture, int? SessionIdleDays, int? SessionLifetimeDays, int Version)
{
    internal static SettingsDto Of(CrmTenantInfo tenant)
    {
        var members = JsonSerializer.SerializeToNode(tenant.Settings, JsonSerializerOptions.Web)!.AsObject();
        members["identifier"] = tenant.Identifier;
        members["name"] = tenant.Name;
        members["currency"] = tenant.Currency;
        members["version"] = tenant.Version;
        return members.Deserialize<SettingsDto>(JsonSerializerOptions.Web)!;
    }
}

// The present tenant may be a second old, which is too old to be changed.
internal sealed class GetSettingsHandler(IMultiTenantStore tenants, IMultiTenantContextAccessor present) : IRequestHandler<GetSettings, SettingsDto>
{
    public async Task<SettingsDto> Handle(GetSettings request, CancellationToken cancellationToken) =>
        SettingsDto.Of((await tenants.GetAsync(present.MultiTenantContext.TenantInfo!.TenantId, cancellationToken))!);
}
