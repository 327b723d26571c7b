using System.Text.Json.Nodes;
using Crm.Isolation.Tests.Worlds;
using Crm.Testing;

namespace Crm.Isolation.Tests.Probing;

/// <summary>
/// What cannot be told from an operation's description: a body of each typed operation that succeeds, and what its members name.
/// An operation or a member that is not here cannot be probed, and that is a finding.
/// </summary>
internal static class Samples
{
    /// <summary>Members that name rows: the member and the kind of row.</summary>
    public static IReadOnlyDictionary<string, string> IdMembers { get; } = new Dictionary<string, string>
    {
        ["stageId"] = "stage",
        ["pipelineId"] = "pipeline",
        ["beforeId"] = "deal",
        ["afterId"] = "deal",
        ["roleId"] = "role",
        ["reassignTo"] = "user",
    };

    /// <summary>Members that name no row of a tenant, by body and name.</summary>
    public static IReadOnlySet<string> HarmlessMembers { get; } = new HashSet<string>
    {
        "SignIn.email", "SignIn.password", "SignIn.mode",
        "InviteUser.email", "InviteUser.name", "InviteUser.role",
        "AcceptInvitation.token", "AcceptInvitation.name", "AcceptInvitation.password",
        "ChangePassword.currentPassword", "ChangePassword.newPassword", "RequestPasswordReset.email", "ResetPassword.token", "ResetPassword.newPassword",
        "EstimatePassword.password", "EstimatePassword.name", "EstimatePassword.email",
        "RequestEmailChange.email", "RequestEmailChange.password", "ConfirmEmailChange.token",
        "CreateProviderKey.provider", "CreateProviderKey.name", "CreateProviderKey.secret", "RotateProviderKeyBody.secret",
        "RefreshSession.refreshToken", "EstimateOwnPassword.password",
        "SettingsChange.name", "SettingsChange.currency", "SettingsChange.timeZone", "SettingsChange.locale",
        "CreateApiKey.name", "CreateApiKey.scopes", "CreateApiKey.allowedIps", "CreateApiKey.expiresAt", "RotateApiKeyBody.overlapHours",
        "BoardBody.fields", "BoardBody.expand",
        "AggregateBody.recordType", "AggregateBody.groupBy", "AggregateBody.measures",
    };

    /// <summary>Query parameters that name rows: the parameter and the kind of row.</summary>
    public static IReadOnlyDictionary<string, string> IdParameters { get; } = new Dictionary<string, string> { ["actor"] = "user", ["recordId"] = "contact" };

    /// <summary>Kinds of rows that are no records and have an id of their own in the path.</summary>
    public static IReadOnlySet<string> Kinds { get; } = new HashSet<string> { "job", "session", "user" };

    /// <summary>Parameters of paths that name no row, each with a value that is found.</summary>
    public static IReadOnlyDictionary<string, string> HarmlessPaths { get; } = new Dictionary<string, string> { ["GET /api/v1/meta/objects/{name}"] = "contact" };

    /// <summary>Operations without a body that write nothing of their own and need none.</summary>
    public static IReadOnlySet<string> WithoutBody { get; } = new HashSet<string>
    {
        "POST /api/v1/jobs/{id}/cancel", "POST /api/v1/invitations/{id}/resend", "POST /api/v1/auth/sign-out", "POST /api/v1/auth/sign-out-everywhere", "POST /api/v1/auth/refresh-cookie",
        "DELETE /api/v1/me/sessions/{id}", "PUT /api/v1/admin/teams/{id}/members/{userId}", "DELETE /api/v1/admin/teams/{id}/members/{userId}", "POST /api/v1/admin/users/{id}/unlock", "POST /api/v1/admin/users/{id}/activate",
    };

    /// <summary>Operations that end what the world calls with: each is called with an access token of its own.</summary>
    public static IReadOnlySet<string> EndsSession { get; } = new HashSet<string> { "POST /api/v1/auth/sign-out", "POST /api/v1/auth/sign-out-everywhere" };

    /// <summary>Operations whose proof is the refresh token in a cookie: each is called with one of its own.</summary>
    public static IReadOnlySet<string> ByCookie { get; } = new HashSet<string> { "POST /api/v1/auth/refresh-cookie" };

    /// <summary>
    /// Operations that use up the row they name, or how often it may be named, when it is no record: an own row for each request.
    /// </summary>
    public static IReadOnlyDictionary<string, Func<World, Task<Guid>>> Consumed { get; } = new Dictionary<string, Func<World, Task<Guid>>>
    {
        ["DELETE /api/v1/me/sessions/{id}"] = async world => (await world.SignInAsync()).SessionId,
        ["PUT /api/v1/admin/users/{id}/role"] = world => world.MakeMemberAsync(),
        ["POST /api/v1/admin/users/{id}/deactivate"] = world => world.MakeMemberAsync(),
        ["POST /api/v1/admin/users/{id}/activate"] = world => world.MakeMemberAsync(),
        ["POST /api/v1/admin/users/{id}/unlock"] = world => world.MakeMemberAsync(),
    };

    /// <summary>A body of each typed operation, by method and path.</summary>
    public static IReadOnlyDictionary<string, Func<World, Task<JsonNode>>> Bodies { get; } = new Dictionary<string, Func<World, Task<JsonNode>>>
    {
        ["POST /api/v1/auth/sign-in"] = async world => new JsonObject { ["email"] = world.Tenant.Email, ["password"] = await world.PasswordAsync(), ["tenant"] = world.Tenant.Identifier },
        ["POST /api/v1/api-keys"] = world => Of(world.ApiKey()),
        ["POST /api/v1/api-keys/{id}/rotate"] = _ => Of(new JsonObject()),
        ["POST /api/v1/invitations"] = world => Of(world.Invitation()),
        ["POST /api/v1/provider-keys"] = world => Of(world.ProviderKey()),
        ["POST /api/v1/provider-keys/{id}/rotate"] = world => Of(new JsonObject { ["secret"] = world.Marks.Next() + world.Marks.Next() }),
        ["POST /api/v1/auth/password/forgot"] = world => Of(new JsonObject { ["email"] = world.Tenant.Email }),
        ["POST /api/v1/auth/password/reset"] = async world => new JsonObject { ["token"] = await world.MakeLinkAsync("password_reset"), ["newPassword"] = ApiHost.NewPassword() },
        ["POST /api/v1/auth/email/confirm"] = async world => new JsonObject { ["token"] = await world.MakeLinkAsync("email_change") },
        ["POST /api/v1/auth/invitations/accept"] = async world => new JsonObject { ["token"] = await world.MakeLinkAsync("invitation"), ["password"] = ApiHost.NewPassword() },
        ["POST /api/v1/me/password"] = async world => new JsonObject { ["currentPassword"] = await world.PasswordAsync(), ["newPassword"] = ApiHost.NewPassword() },
        ["POST /api/v1/me/email"] = async world => new JsonObject { ["email"] = world.Marks.Next() + "@x.example", ["password"] = await world.PasswordAsync() },
        ["POST /api/v1/auth/password/strength"] = world => Of(new JsonObject { ["password"] = world.Tenant.Password }),
        ["POST /api/v1/me/password/strength"] = world => Of(new JsonObject { ["password"] = world.Tenant.Password }),
        ["POST /api/v1/admin/users/{id}/deactivate"] = _ => Of(new JsonObject()),
        ["PATCH /api/v1/admin/settings"] = world => Of(new JsonObject { ["name"] = world.Marks.Next() }),
        ["POST /api/v1/auth/refresh"] = async world => new JsonObject { ["refreshToken"] = (await world.SignInAsync()).RefreshToken },
        ["POST /api/v1/deals/{id}/move"] = async world => new JsonObject { ["stageId"] = await IdAsync(world, "stage") },
        ["POST /api/v1/deals/board"] = async world => new JsonObject { ["pipelineId"] = await IdAsync(world, "pipeline"), ["stageId"] = await IdAsync(world, "stage") },
        ["PUT /api/v1/admin/users/{id}/role"] = async world => new JsonObject { ["roleId"] = await IdAsync(world, "role") },
        ["POST /api/v1/reports/aggregate"] = _ => Of(new JsonObject
        {
            ["recordType"] = "deal",
            ["groupBy"] = new JsonArray(new JsonObject { ["field"] = "company.name" }),
            ["measures"] = new JsonArray(new JsonObject { ["op"] = "count" }),
        }),
    };

    /// <summary>What is done to an own row first, so that the operation has something to answer with.</summary>
    public static IReadOnlyDictionary<string, Func<World, string, Task>> Preparations { get; } = new Dictionary<string, Func<World, string, Task>>
    {
        ["PUT /api/v1/admin/teams/{id}/members/{userId}"] = (world, _) => world.LeaveTeamsAsync(),
        ["DELETE /api/v1/admin/teams/{id}/members/{userId}"] = FillTeamAsync,
        ["GET /api/v1/admin/teams/{id}/members"] = FillTeamAsync,
        ["GET /api/v1/api-keys/{id}/usage"] = (world, id) => world.UseKeyAsync(id),
        ["GET /api/v1/deals/{id}/stage-history"] = async (world, id) => await world.Tenant.Client.SendAsync("POST", $"/api/v1/deals/{id}/move", new { stageId = world.Spare("stage") }),
        ["GET /api/v1/provider-keys/{id}/uses"] = async (world, id) => await world.UseProviderKeyAsync(id),
    };

    /// <summary>
    /// What is asked for when an operation's query parameters name rows: the parameters with a kind of row or with a text.
    /// </summary>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Queries { get; } = new Dictionary<string, IReadOnlyDictionary<string, string>>
    {
        ["GET /api/v1/admin/explain"] = new Dictionary<string, string> { ["userId"] = ":user", ["recordId"] = ":deal", ["permission"] = "deals:write", ["recordType"] = "deal", ["field"] = "amount" },
    };

    // Two, so that there is a second page.
    private static async Task FillTeamAsync(World world, string id)
    {
        await world.LeaveTeamsAsync();
        foreach (var user in new[] { await world.StandingAsync("user"), await world.MakeMemberAsync() })
            await world.Tenant.Client.SendAsync("PUT", $"/api/v1/admin/teams/{id}/members/{user}");
    }

    private static Task<JsonNode> Of(JsonNode body) => Task.FromResult(body);

    private static async Task<string> IdAsync(World world, string kind) => (await world.StandingAsync(kind)).ToString()!;
}
