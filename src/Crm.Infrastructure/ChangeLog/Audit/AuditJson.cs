using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Application.Audit;

namespace Crm.Infrastructure.ChangeLog.Audit;

/// <summary>How fields stand in the log.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(Dictionary<string, FieldChange>))]
internal sealed partial class AuditJson : JsonSerializerContext;
