using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Application.Tenants;

namespace Crm.Api.Tenants;

/// <summary>How the bodies and answers about tenants look in JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(CreateTenant))]
[JsonSerializable(typeof(TenantDto))]
[JsonSerializable(typeof(TenantChange))]
[JsonSerializable(typeof(TenantPage))]
internal sealed partial class TenantJson : JsonSerializerContext;
