using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Application.Administration;
using Crm.Application.Identity.Lockout;
using Crm.Application.Tenants;

namespace Crm.Api.Administration;

/// <summary>The role a user is to have.</summary>
/// <param name="RoleId">The role.</param>
internal sealed record ChangeRoleBody(Guid RoleId);

/// <summary>How the bodies and answers of administration look in JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ChangeRoleBody))]
[JsonSerializable(typeof(Deactivation))]
[JsonSerializable(typeof(UserStanding))]
[JsonSerializable(typeof(LockoutState))]
[JsonSerializable(typeof(TenantUsage))]
[JsonSerializable(typeof(SettingsDto))]
[JsonSerializable(typeof(SettingsChange))]
internal sealed partial class AdministrationJson : JsonSerializerContext;
