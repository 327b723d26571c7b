using System.Collections.Frozen;
using Crm.Application.Authorization;
using Crm.Infrastructure.Caching;
using Crm.Infrastructure.Persistence;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crm.Infrastructure.Identity;

/// <summary>Reads access as the tenant itself, in one round trip, and keeps it for a moment.</summary>
internal sealed class AccessReader(NpgsqlDataSource database, IOptions<AccessOptions> options, TimeProvider time) : IAccessReader
{
    private const string LiveSession = """
        SELECT EXISTS (
            SELECT FROM sessions s
            WHERE s.id = $1 AND s.user_id = $2 AND s.tenant_id IS NOT DISTINCT FROM $3 AND s.revoked_at IS NULL AND s.expires_at > clock_timestamp())
        """;

    /// <summary>What <see cref="ReadMemberAsync"/> reads, of memberships yet to be chosen.</summary>
    internal const string Members = """
        SELECT r.name, r.permissions, r.scopes::text, r.fields::text,
            CASE WHEN jsonb_path_exists(r.scopes, '$.* ? (@ == "team")') THEN ARRAY(
                SELECT DISTINCT mate.user_id
                FROM team_members place
                JOIN teams t ON t.tenant_id = m.tenant_id AND t.id = place.team_id AND t.deleted_at IS NULL
                JOIN team_members mate ON mate.tenant_id = m.tenant_id AND mate.team_id = t.id AND mate.active AND mate.user_id <> m.id
                WHERE place.tenant_id = m.tenant_id AND place.user_id = m.id AND place.active
                ORDER BY mate.user_id)
            ELSE '{}' END
        FROM memberships m
        JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
        """;

    private const string Member = Members + " WHERE m.tenant_id = $1 AND m.id = $2 AND m.active AND m.deleted_at IS NULL";

    private readonly ShortLivedCache<(Guid Tenant, Guid User), MemberAccess> _members = new(options.Value.CacheCapacity, options.Value.CacheFor, time);
    private readonly ShortLivedCache<SessionKey, SessionAccess> _sessions = new(options.Value.CacheCapacity, options.Value.CacheFor, time);

    private readonly KnownGrants _grants = new(options.Value.CacheCapacity);

    private readonly record struct SessionKey(Guid Session, Guid User, Guid? Tenant);

    public Task<MemberAccess?> ReadAsync(Guid tenantId, Guid userId, CancellationToken cancellationToken) =>
        _members.GetAsync((tenantId, userId), LoadMemberAsync, cancellationToken);

    // Every session has an answer, so none is null; the task of one that is at hand is handed on as it is.
    public Task<SessionAccess> ReadSessionAsync(Guid sessionId, Guid userId, Guid? tenantId, CancellationToken cancellationToken) =>
        _sessions.GetAsync(new SessionKey(sessionId, userId, tenantId), LoadSessionAsync, cancellationToken)!;

    private async Task<MemberAccess?> LoadMemberAsync((Guid Tenant, Guid User) key, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(TenantSetting.Of(key.Tenant));
        AddMember(batch, key.Tenant, key.User);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return await ReadMemberAsync(reader, key.User, _grants, cancellationToken);
    }

    private Task<SessionAccess?> LoadSessionAsync(SessionKey key, CancellationToken cancellationToken) =>
        key.Tenant is { } tenant ? LoadTenantSessionAsync(key, tenant, cancellationToken) : LoadHostSessionAsync(key, cancellationToken);

    private async Task<SessionAccess?> LoadTenantSessionAsync(SessionKey key, Guid tenant, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(TenantSetting.Of(tenant));
        AddSession(batch, key);
        AddMember(batch, tenant, key.User);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var isLive = await ReadFlagAsync(reader, cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return new SessionAccess(isLive, await ReadMemberAsync(reader, key.User, _grants, cancellationToken), IsHostOperator: false);
    }

    private async Task<SessionAccess?> LoadHostSessionAsync(SessionKey key, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        AddSession(batch, key);
        batch.BatchCommands.Add(new("SELECT EXISTS (SELECT FROM users WHERE id = $1 AND is_host_operator)") { Parameters = { new() { Value = key.User } } });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var isLive = await ReadFlagAsync(reader, cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return new SessionAccess(isLive, null, await ReadFlagAsync(reader, cancellationToken));
    }

    private static void AddSession(NpgsqlBatch batch, SessionKey key) => batch.BatchCommands.Add(new(LiveSession)
    {
        Parameters =
        {
            new() { Value = key.Session },
            new() { Value = key.User },
            NullableParameter.Of(key.Tenant, NpgsqlTypes.NpgsqlDbType.Uuid),
        },
    });

    private static void AddMember(NpgsqlBatch batch, Guid tenant, Guid user) =>
        batch.BatchCommands.Add(new(Member) { Parameters = { new() { Value = tenant }, new() { Value = user } } });

    // EXISTS always tells one or the other.
    private static async Task<bool> ReadFlagAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        await reader.ReadAsync(cancellationToken);
        return reader.GetBoolean(0);
    }

    /// <summary>Reads what a member may do.</summary>
    internal static async Task<MemberAccess?> ReadMemberAsync(NpgsqlDataReader reader, Guid user, KnownGrants grants, CancellationToken cancellationToken) =>
        await reader.ReadAsync(cancellationToken)
            ? new MemberAccess(reader.GetString(0), reader.GetFieldValue<string[]>(1).ToFrozenSet(StringComparer.Ordinal))
            {
                Grants = grants.Of(user, reader.GetString(2), reader.GetString(3), reader.GetFieldValue<Guid[]>(4)),
            }
            : null;
}
