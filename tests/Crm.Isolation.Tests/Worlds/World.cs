using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Crm.Application.Records;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Crm.Isolation.Tests.Worlds;

/// <summary>A tenant with rows in every table and texts of its own in every field.</summary>
internal sealed class World
{
    private readonly Dictionary<string, Guid> _standing = [];
    private readonly Dictionary<string, Guid> _spare = [];
    private readonly RecordBodies _bodies;
    private readonly RecordModel _types;
    private readonly NpgsqlConnection _superuser;
    private readonly ApiHost _api;
    private string? _passwordHash;

    private World(ApiHost api, TestTenant tenant, NpgsqlConnection superuser)
    {
        (_api, Tenant, _types, _superuser) = (api, tenant, api.Services.GetRequiredService<RecordModel>(), superuser);
        _bodies = new RecordBodies(Marks);
    }

    /// <summary>The tenant.</summary>
    public TestTenant Tenant { get; }

    /// <summary>The texts of this world.</summary>
    public Marks Marks { get; } = new();

    /// <summary>Makes a tenant and fills it.</summary>
    public static async Task<World> CreateAsync(ApiHost api, string identifier, NpgsqlConnection superuser)
    {
        var world = new World(api, await api.CreateTenantAsync(identifier), superuser);
        await superuser.RunAsync("UPDATE tenants SET name = $2 WHERE id = $1", world.Tenant.Id, world.Marks.Next());
        await superuser.RunAsync("UPDATE users SET name = $2 WHERE email = $1", world.Tenant.Email, world.Marks.Next());
        world._standing["user"] = (Guid)(await world.Tenant.Client.SendAsync("GET", "/api/v1/me")).Body!["user"]!["id"]!;
        world._standing["role"] = await superuser.ScalarAsync<Guid>("SELECT role_id FROM memberships WHERE tenant_id = $1 AND id = $2", world.Tenant.Id, world._standing["user"]);
        await world.MakeUserAsync();
        await superuser.RunAsync("UPDATE memberships SET owner_id = $2 WHERE tenant_id = $1", world.Tenant.Id, world._standing["user"]);

        var role = world._standing["role"];

        // Three of each: the second refers to everything, its own kind included, and is what the third refers to.
        foreach (var type in InOrder(world._types).Where(IsCreatable))
        {
            world._standing[type.Name] = world._spare[type.Name] = await world.FreshAsync(type.Name);
            world._standing[type.Name] = await world.FreshAsync(type.Name);
            await world.FreshAsync(type.Name);
        }

        // The one that users have and invitations promise.
        world._standing["role"] = role;
        await RowFill.FillAsync(superuser, world.Tenant.Id, world.Marks);

        // The caller's own, since jobs are there for those alone who may see what they tell of.
        await superuser.RunAsync("UPDATE jobs SET type = 'import', created_by = $2 WHERE tenant_id = $1", world.Tenant.Id, world._standing["user"]);
        await superuser.RunAsync("INSERT INTO job_errors SELECT (jsonb_populate_record(e, '{\"row_number\": 2}')).* FROM job_errors e WHERE tenant_id = $1", world.Tenant.Id);
        return world;
    }

    /// <summary>The id of something that is there to be referred to and stays.</summary>
    public async Task<Guid?> StandingAsync(string kind)
    {
        if (_standing.TryGetValue(kind, out var id))
            return id;
        if (await _superuser.ScalarAsync<object>("SELECT coalesce(to_regclass($1)::text, '')", kind + "s") is "")
            return null;
        var ids = await _superuser.ListAsync($"SELECT id FROM {kind}s WHERE tenant_id = $1 ORDER BY id LIMIT 1", r => r.GetGuid(0), Tenant.Id);
        return ids.Count == 0 ? null : _standing[kind] = ids[0];
    }

    /// <summary>The id of a record that nothing refers to but its own kind.</summary>
    public Guid Spare(string kind) => _spare[kind];

    /// <summary>Makes a new record to work on.</summary>
    public async Task<Guid> FreshAsync(string kind, bool deleted = false)
    {
        var type = _types.Find(kind)!;
        if (!IsCreatable(type))
            return _standing[kind];
        var made = await Tenant.Client.CreateAsync(
            type.Path, kind switch { "invitation" => Invitation(), "provider_key" => ProviderKey(), "api_key" => ApiKey(), _ => Body(type, create: true) });
        var id = (Guid)(made["apiKey"] ?? made)["id"]!;

        // As if its mail had been asked for long ago: it may be sent again.
        if (kind == "invitation")
            await _superuser.RunAsync("UPDATE one_time_links SET asked_at = '{}' WHERE invitation_id = $1", id);
        if (deleted && (await Tenant.Client.SendAsync("DELETE", $"/api/v1/{type.Path}/{id}")) is { Status: not HttpStatusCode.NoContent } refused)
            throw new InvalidOperationException(refused.Text);
        return id;
    }

    /// <summary>Makes a body for a record.</summary>
    public JsonObject Body(RecordType type, bool create) => type.Name == "api_key"
        ? new JsonObject { ["name"] = Marks.Next(), ["ownerId"] = _standing["user"].ToString() }
        : _bodies.Make(type, create, relation => _standing.TryGetValue(relation.Target.Name, out var id) ? id : null);

    /// <summary>Makes a user of this tenant.</summary>
    public async Task<string> MakeUserAsync()
    {
        var email = Marks.Next() + "@x.example";
        await _api.AddUserAsync(Tenant, email, Marks.Next(), "member");
        return email;
    }

    /// <summary>Makes a user of this tenant.</summary>
    public Task<Guid> MakeMemberAsync() => _api.AddUserAsync(Tenant, Marks.Next() + "@x.example", Marks.Next(), "member");

    /// <summary>Takes the standing user out of all teams: there is a limit to how many a user can be in.</summary>
    public Task LeaveTeamsAsync() => _superuser.RunAsync("UPDATE team_members SET active = false WHERE tenant_id = $1 AND user_id = $2", Tenant.Id, _standing["user"]);

    /// <summary>The owner's password, which becomes the first one again if it was changed.</summary>
    public async Task<string> PasswordAsync()
    {
        _passwordHash ??= await _superuser.ScalarAsync<string>("SELECT password_hash FROM users WHERE email = $1", Tenant.Email);
        await _superuser.RunAsync("UPDATE users SET password_hash = $2 WHERE email = $1", Tenant.Email, _passwordHash);
        return Tenant.Password;
    }

    /// <summary>Makes a link as if it had been mailed.</summary>
    public async Task<string> MakeLinkAsync(string purpose)
    {
        var token = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        const string Mailed = "token_hash = sha256($1), due_at = NULL, expires_at = now() + interval '10 minutes'";
        if (purpose == "invitation")
        {
            var id = (Guid)(await Tenant.Client.CreateAsync("invitations", Invitation()))["id"]!;
            await _superuser.RunAsync($"UPDATE one_time_links SET {Mailed} WHERE invitation_id = $2", Encoding.UTF8.GetBytes(token), id);
        }
        else
        {
            var email = await MakeUserAsync();
            await _superuser.RunAsync(
                "INSERT INTO one_time_links (id, purpose, user_id, email, token_hash, expires_at) SELECT gen_random_uuid(), $2, id, $4, sha256($1), now() + interval '10 minutes' FROM users WHERE email = $3",
                Encoding.UTF8.GetBytes(token), purpose, email, purpose == "email_change" ? Marks.Next() + "@x.example" : email);
        }

        return token;
    }

    /// <summary>The body of an invitation.</summary>
    public JsonObject Invitation() => new() { ["email"] = Marks.Next() + "@x.example", ["name"] = Marks.Next(), ["role"] = "owner" };

    /// <summary>The body of a provider key.</summary>
    public JsonObject ProviderKey() => new() { ["provider"] = Marks.Next(), ["name"] = Marks.Next(), ["secret"] = Marks.Next() + Marks.Next() };

    /// <summary>Uses a provider key twice.</summary>
    public Task UseProviderKeyAsync(string id) => _superuser.RunAsync(
        "INSERT INTO provider_key_uses (tenant_id, id, key_id, purpose, outcome, actor_type) SELECT $1, gen_random_uuid(), $2::uuid, $3, 'opened', 'system' FROM generate_series(1, 2)", Tenant.Id, id, Marks.Next());

    /// <summary>The body of an API key.</summary>
    public JsonObject ApiKey() => new() { ["name"] = Marks.Next(), ["scopes"] = new JsonArray("contacts:read"), ["allowedIps"] = new JsonArray() };

    /// <summary>Makes it look as if a key had been used, twice.</summary>
    public Task UseKeyAsync(string id) => _superuser.RunAsync(
        "INSERT INTO api_key_usage SELECT $1, $2, now(), $3 || i, 2, '', 1 FROM generate_series(1, 2) i", Tenant.Id, Guid.Parse(id), Marks.Next());

    /// <summary>Signs in once more as the tenant's owner.</summary>
    public async Task<OwnSession> SignInAsync() => await SignInAsync(Tenant.Email, await PasswordAsync());

    /// <summary>Makes a user of this tenant and signs in as that user.</summary>
    public async Task<OwnSession> SignInNewUserAsync()
    {
        var (email, password) = (Marks.Next() + "@x.example", ApiHost.NewPassword());
        await _api.AddUserAsync(Tenant, email, Marks.Next(), "member", password);
        return await SignInAsync(email, password);
    }

    private async Task<OwnSession> SignInAsync(string email, string password)
    {
        var answer = await Tenant.Client.SendAsync("POST", "/api/v1/auth/sign-in", new { email, password, tenant = Tenant.Identifier });
        if (answer.Status != HttpStatusCode.OK)
            throw new InvalidOperationException(answer.Text);
        var token = (string)answer.Body!["accessToken"]!;
        return new OwnSession((Guid)JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]))!["sid"]!, token, (string)answer.Body["refreshToken"]!);
    }

    private static bool IsCreatable(RecordType type) => type.Name != "user";

    // A type comes behind all types it refers to.
    private static List<RecordType> InOrder(RecordModel types)
    {
        var ordered = new List<RecordType>();
        void Visit(RecordType type)
        {
            if (ordered.Contains(type))
                return;
            foreach (var relation in type.Relations.Where(r => r.Target != type))
                Visit(relation.Target);
            ordered.Add(type);
        }

        foreach (var type in types.All)
            Visit(type);
        return ordered;
    }
}

/// <summary>A session of one of a world's users.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="AccessToken">Its access token.</param>
/// <param name="RefreshToken">Its refresh token.</param>
internal sealed record OwnSession(Guid SessionId, string AccessToken, string RefreshToken);
