using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Application.Audit;

namespace Crm.Api.Audit;

/// <summary>How answers about the log look in JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(AuditPage))]
internal sealed partial class AuditJson : JsonSerializerContext;
