using System.Collections.Frozen;
using Crm.Application.Authorization;
using Crm.Infrastructure.Caching;
using Crm.Infrastructure.Persistence;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crm.Infrastructure.Identity;

/// <summary>Reads access as the tenant itself, in one round trip, and caches it for a moment.</summary>
[Singleton]
internal sealed class AccessReader(HostSession host, IOptions<AccessOptions> options, TimeProvider time) : IAccessReader
{
    /// <summary>What <see cref="ReadMemberAsync"/> reads, of memberships that a condition behind it chooses.</summary>
    internal static readonly Sql Members = Sql.Of($"""
        SELECT r.name, r.permissions, r.scopes::text, r.fields::text,
            CASE WHEN jsonb_path_exists(r.scopes, '$.* ? (@ == "team")') THEN ARRAY(
                SELECT DISTINCT mate.user_id
                FROM team_members place
                JOIN teams t ON t.tenant_id = m.tenant_id AND t.id = place.team_id AND t.deleted_at IS NULL
                JOIN team_members mate
                    ON mate.tenant_id = m.tenant_id AND mate.team_id = t.id AND mate.active AND mate.user_id <> m.id
                WHERE place.tenant_id = m.tenant_id AND place.user_id = m.id AND place.active
                ORDER BY mate.user_id)
            ELSE ARRAY[]::uuid[] END
        FROM memberships m
        JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
        """);

    private static readonly SqlSlot User = new(0);
    private static readonly SqlSlot Session = new(1);
    private static readonly SqlSlot SessionTenant = new(2);

    private static readonly SqlTemplate Member = new(Sql.Of(
        $"{Members} WHERE m.tenant_id = {Sql.Tenant} AND m.id = {User} AND m.active AND m.deleted_at IS NULL"));

    private static readonly SqlTemplate IsLive = new(Sql.Of($"""
        SELECT EXISTS (
            SELECT FROM live_sessions s
            WHERE s.id = {Session} AND s.user_id = {User} AND s.tenant_id IS NOT DISTINCT FROM {SessionTenant})
        """));

    private static readonly SqlTemplate IsHostOperator = new(Sql.Of(
        $"SELECT EXISTS (SELECT FROM users WHERE id = {User} AND is_host_operator)"));

    private readonly ShortLivedCache<(Guid Tenant, Guid User), MemberAccess> _members =
        new(options.Value.CacheCapacity, options.Value.CacheFor, time);

    private readonly ShortLivedCache<SessionKey, SessionAccess> _sessions = new(options.Value.CacheCapacity, options.Value.CacheFor, time);

    private readonly KnownGrants _grants = new(options.Value.CacheCapacity);

    private readonly record struct SessionKey(Guid Session, Guid User, Guid? Tenant);

    public Task<MemberAccess?> ReadAsync(Guid tenantId, Guid userId, CancellationToken cancellationToken) =>
        _members.GetAsync((tenantId, userId), LoadMemberAsync, cancellationToken);

    // Every session has an answer, so none is null; the task of one that is at hand is handed on as it is.
    public Task<SessionAccess> ReadSessionAsync(Guid sessionId, Guid userId, Guid? tenantId, CancellationToken cancellationToken) =>
        _sessions.GetAsync(new SessionKey(sessionId, userId, tenantId), LoadSessionAsync, cancellationToken)!;

    private Task<MemberAccess?> LoadMemberAsync((Guid Tenant, Guid User) key, CancellationToken cancellationToken) =>
        host.In(key.Tenant).RunAsync(
            [Member.ToCommand(key.Tenant, Sql.Id(key.User))],
            (reader, token) => ReadMemberAsync(reader, key.User, _grants, token), cancellationToken);

    private Task<SessionAccess?> LoadSessionAsync(SessionKey key, CancellationToken cancellationToken) =>
        key.Tenant is { } tenant ? LoadTenantSessionAsync(key, tenant, cancellationToken) : LoadHostSessionAsync(key, cancellationToken);

    private Task<SessionAccess?> LoadTenantSessionAsync(SessionKey key, Guid tenant, CancellationToken cancellationToken) =>
        host.In(tenant).RunAsync<SessionAccess?>(
            [IsLive.ToCommand(tenant, SlotsOf(key)), Member.ToCommand(tenant, SlotsOf(key))],
            async (reader, token) =>
            {
                var isLive = await ReadFlagAsync(reader, token);
                await reader.NextResultAsync(token);
                return new SessionAccess(isLive, await ReadMemberAsync(reader, key.User, _grants, token), IsHostOperator: false);
            },
            cancellationToken);

    private Task<SessionAccess?> LoadHostSessionAsync(SessionKey key, CancellationToken cancellationToken) =>
        host.RunAsync<SessionAccess?>(
            [IsLive.ToCommand(null, SlotsOf(key)), IsHostOperator.ToCommand(null, SlotsOf(key))],
            async (reader, token) =>
            {
                var isLive = await ReadFlagAsync(reader, token);
                await reader.NextResultAsync(token);
                return new SessionAccess(isLive, null, await ReadFlagAsync(reader, token));
            },
            cancellationToken);

    private static NpgsqlParameter[] SlotsOf(SessionKey key) => [Sql.Id(key.User), Sql.Id(key.Session), Sql.Id(key.Tenant)];

    // EXISTS always answers with a row.
    private static async Task<bool> ReadFlagAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        await reader.ReadAsync(cancellationToken);
        return reader.GetBoolean(0);
    }

    /// <summary>Reads what a member may do.</summary>
    internal static async Task<MemberAccess?> ReadMemberAsync(
        NpgsqlDataReader reader, Guid user, KnownGrants grants, CancellationToken cancellationToken) =>
        await reader.ReadAsync(cancellationToken)
            ? new MemberAccess(reader.GetString(0), reader.GetFieldValue<string[]>(1).ToFrozenSet(StringComparer.Ordinal))
            {
                Grants = grants.Of(user, reader.GetString(2), reader.GetString(3), reader.GetFieldValue<Guid[]>(4)),
            }
            : null;
}
