using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Application.Authorization;

namespace Crm.Api.Roles;

/// <summary>The role a user is to have.</summary>
/// <param name="RoleId">The role.</param>
internal sealed record ChangeRoleBody(Guid RoleId);

/// <summary>How the bodies and answers about access look in JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(ChangeRoleBody))]
[JsonSerializable(typeof(AccessExplanation))]
internal sealed partial class RoleJson : JsonSerializerContext;
