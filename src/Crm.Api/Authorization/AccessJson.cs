using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Application.Authorization;

namespace Crm.Api.Authorization;

/// <summary>How the bodies and answers about access look in JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(AccessExplanation))]
internal sealed partial class AccessJson : JsonSerializerContext;
