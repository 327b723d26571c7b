using System.Text.Json;
using System.Text.Json.Serialization;

namespace Crm.Api.Deals;

/// <summary>Where a deal is moved to.</summary>
/// <param name="StageId">The stage to stand in.</param>
/// <param name="BeforeId">The card to stand directly before.</param>
/// <param name="AfterId">The card to stand directly behind.</param>
/// <param name="Version">The version the client has read.</param>
internal sealed record MoveDealBody(Guid StageId, Guid? BeforeId, Guid? AfterId, int? Version);

/// <summary>How the bodies about deals look in JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(MoveDealBody))]
internal sealed partial class DealJson : JsonSerializerContext;
