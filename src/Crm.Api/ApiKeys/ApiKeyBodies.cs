using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Api.Http;
using Crm.Application.ApiKeys;
using Crm.Application.Records;

namespace Crm.Api.ApiKeys;

/// <summary>How to rotate a key.</summary>
/// <param name="OverlapHours">For how many hours the secret before stays good, 0–168; 24 when left out.</param>
internal sealed record RotateApiKeyBody(int? OverlapHours);

/// <summary>A key with a new secret.</summary>
/// <param name="Secret">The secret; it is told this once and kept nowhere.</param>
/// <param name="ApiKey">The key.</param>
internal sealed record IssuedApiKeyAnswer(string Secret, [property: RecordPart(RecordPart.Record)] JsonElement ApiKey);

/// <summary>A page of what a key was used for, latest hours first.</summary>
/// <param name="Data">The entries.</param>
/// <param name="Page">Where it goes on.</param>
internal sealed record ApiKeyUsageAnswer(IReadOnlyList<ApiKeyUsageEntry> Data, PageInfo Page);

/// <summary>How the bodies and answers of API keys look in JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(CreateApiKey))]
[JsonSerializable(typeof(RotateApiKeyBody))]
[JsonSerializable(typeof(ApiKeyUsageAnswer))]
internal sealed partial class ApiKeyJson : JsonSerializerContext;
