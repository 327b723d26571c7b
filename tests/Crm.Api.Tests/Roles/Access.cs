using System.Net;
using System.Text.Json.Nodes;
using Crm.Api.Tests.Identity;
using Crm.Testing;

namespace Crm.Api.Tests.Roles;

/// <summary>Roles of a tenant's own, and users who have them.</summary>
internal static class Access
{
    public const string Roles = "admin/roles";

    /// <summary>Makes a role and answers with its id and name.</summary>
    public static async Task<(Guid Id, string Name)> CreateRoleAsync(this HttpClient client, string[] permissions, object? scopes = null, object? fields = null)
    {
        var role = await client.CreateAsync(Roles, new { name = $"role {Guid.NewGuid():N}", permissions, scopes = scopes ?? new { }, fields = fields ?? new { } });
        return ((Guid)role["id"]!, (string)role["name"]!);
    }

    /// <summary>Adds a member with a role of its own.</summary>
    public static async Task<Someone> AddWithAsync(this ApiHost host, TestTenant tenant, string[] permissions, object? scopes = null, object? fields = null)
    {
        var role = await tenant.Client.CreateRoleAsync(permissions, scopes, fields);
        return await host.AddAsync(tenant, role.Name);
    }

    /// <summary>Adds a member with a role that is there.</summary>
    public static async Task<Someone> AddAsync(this ApiHost host, TestTenant tenant, string role)
    {
        var client = await host.AddMemberAsync(tenant, role);
        return new Someone((Guid)(await client.SendAsync("GET", "/api/v1/me")).Body!["user"]!["id"]!, client);
    }

    /// <summary>The id of a role by its name.</summary>
    public static async Task<Guid> RoleIdAsync(this HttpClient client, string name) =>
        (await client.SendAsync("GET", $"/api/v1/{Roles}?filter[name]={name}")).Ids.Single();

    public static Task<Answer> GiveRoleAsync(this HttpClient client, Guid userId, Guid roleId, params (string, string)[] headers) =>
        client.SendAsync("PUT", $"/api/v1/admin/users/{userId}/role", new { roleId }, headers);

    /// <summary>Makes a team of some users.</summary>
    public static async Task<Guid> CreateTeamAsync(this HttpClient client, params Guid[] users)
    {
        var team = (Guid)(await client.CreateAsync("admin/teams", new { name = $"team {Guid.NewGuid():N}" }))["id"]!;
        foreach (var user in users)
        {
            if ((await client.SendAsync("PUT", $"/api/v1/admin/teams/{team}/members/{user}")) is { Status: not HttpStatusCode.NoContent } refused)
                throw new InvalidOperationException(refused.Text);
        }

        return team;
    }

    public static JsonArray Rules(this Answer explained) => explained.Body!["rules"]!.AsArray();
}

/// <summary>A signed-in user.</summary>
internal sealed record Someone(Guid Id, HttpClient Client);
