using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Application.Administration;
using Crm.Application.Tenants;

namespace Crm.Api.Administration;

/// <summary>How the bodies and answers of administration look in JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Deactivation))]
[JsonSerializable(typeof(UserStanding))]
[JsonSerializable(typeof(TenantUsage))]
[JsonSerializable(typeof(SettingsDto))]
[JsonSerializable(typeof(SettingsChange))]
internal sealed partial class AdministrationJson : JsonSerializerContext;
