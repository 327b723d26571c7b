using System.Net;
using Crm.Application.Audit;
using Crm.Application.Identity;
using Crm.Domain.Identity;
using Crm.Infrastructure.Persistence;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crm.Infrastructure.Identity;

/// <summary>
/// The sessions in the CRM's own database. Which of them are live, by their own times and by the tenant's rules, the view
/// <c>live_sessions</c> says.
/// </summary>
[Scoped]
internal sealed class Sessions(HostSession host, IOptions<SessionOptions> options, ClientDevice device, ISecurityLog log) : ISessions
{
    // More than what is live: a session that the tenant's rules have ended would be live again if the rules were relaxed.
    private static readonly Sql Revocable = Sql.Of($"revoked_at IS NULL AND ends_at > clock_timestamp()");

    public async Task<OpenedSession?> OpenAsync(User user, Guid? tenantId, CancellationToken cancellationToken)
    {
        var (id, token) = (Guid.CreateVersion7(), RefreshTokenText.Create());
        var (opened, ended) = await host.RunAsync(
            [Open(user, tenantId, id, token), EndOldest(user.Id), SessionSweep.Tokens, SessionSweep.Sessions],
            async (reader, ct) =>
            {
                var isOpen = await reader.ReadAsync(ct);
                await reader.NextResultAsync(ct);
                return (isOpen, (await reader.RowsAsync(row => row.GetGuid(0), ct)).Count);
            },
            cancellationToken);
        await LogRevokedAsync(user.Id, ended, SessionEndings.TooManySessions, null, cancellationToken);
        return opened ? new OpenedSession(id, token) : null;
    }

    public async Task<bool> RevokeAsync(Guid userId, Guid sessionId, string reason, CancellationToken cancellationToken)
    {
        var revoke = Sql.Of($"{Revoke(userId, reason)} AND id = {sessionId} RETURNING tenant_id");
        var revoked = await host.QueryAsync(revoke, row => row.ValueOrNull<Guid>(0), cancellationToken);
        if (revoked is not [var tenant])
            return false;

        var fields = new Dictionary<string, string> { [SecurityFields.SessionId] = sessionId.ToString(), ["reason"] = reason };
        if (tenant is not null)
            fields[SecurityFields.TenantId] = tenant.Value.ToString();
        await log.AppendAsync(SecurityActions.SessionRevoked, $"user:{userId}", fields, cancellationToken);
        return true;
    }

    public async Task<int> RevokeAllAsync(Guid userId, Guid? exceptSessionId, string reason, CancellationToken cancellationToken)
    {
        var revoke = Sql.Of($"{Revoke(userId, reason)} AND id IS DISTINCT FROM {exceptSessionId}");
        var revoked = await host.ExecuteAsync(revoke, cancellationToken);
        await LogRevokedAsync(userId, revoked, reason, null, cancellationToken);
        return revoked;
    }

    public async Task<int> RevokeOfTenantAsync(Guid userId, Guid tenantId, string reason, CancellationToken cancellationToken)
    {
        var revoked = await host.ExecuteAsync(Sql.Of($"{Revoke(userId, reason)} AND tenant_id = {tenantId}"), cancellationToken);
        await LogRevokedAsync(userId, revoked, reason, tenantId, cancellationToken);
        return revoked;
    }

    public async Task<IReadOnlyList<LiveSession>> ListAsync(Guid userId, CancellationToken cancellationToken)
    {
        var list = Sql.Of($"""
            SELECT id, tenant_id, created_at, last_used_at, ends_at, user_agent, ip_address
            FROM live_sessions WHERE user_id = {userId}
            ORDER BY last_used_at DESC, id DESC LIMIT 200
            """);
        return await host.QueryAsync(list, Read, cancellationToken);
    }

    // The user's row is locked against a change of password while the session is added: either the session is not opened, or the change
    // sees it and ends it. It is locked against other sign-ins of the user too, so that the next statement sees all sessions. A tenant may
    // shorten lifetimes; least ignores NULL.
    private Sql Open(User user, Guid? tenantId, Guid id, string token)
    {
        var (tenant, lifetime) = (Sql.Id(tenantId), Sql.Of($"{options.Value.Lifetime}"));
        return Sql.Of($"""
            WITH opened AS (
                INSERT INTO sessions (id, user_id, tenant_id, ends_at, expires_at, user_agent, ip_address)
                SELECT {id}, u.id, {tenant},
                       clock_timestamp() + least({options.Value.IdleLifetime}, {lifetime},
                           setting_days(t.settings, 'sessionIdleDays'), setting_days(t.settings, 'sessionLifetimeDays')),
                       clock_timestamp() + least({lifetime}, setting_days(t.settings, 'sessionLifetimeDays')),
                       {Sql.Text(device.UserAgent)}, {device.Address}
                FROM users u LEFT JOIN tenants t ON t.id = {tenant}
                WHERE u.id = {user.Id} AND u.password_hash = {Sql.Text(user.PasswordHash)}
                FOR NO KEY UPDATE OF u
                RETURNING id, ends_at)
            INSERT INTO refresh_tokens (hash, session_id, expires_at)
            SELECT {RefreshTokenText.Hash(token)}, id, ends_at FROM opened
            RETURNING session_id
            """);
    }

    private Sql EndOldest(Guid userId) => Sql.Of($"""
        UPDATE sessions SET revoked_at = clock_timestamp(), revoked_reason = {Sql.Text(SessionEndings.TooManySessions)}
        WHERE id IN (
            SELECT id FROM sessions WHERE user_id = {userId} AND {Revocable}
            ORDER BY last_used_at DESC, id DESC OFFSET {options.Value.MaxPerUser})
        RETURNING id
        """);

    private static Sql Revoke(Guid userId, string reason) => Sql.Of($"""
        UPDATE sessions SET revoked_at = clock_timestamp(), revoked_reason = {Sql.Text(reason)}
        WHERE user_id = {userId} AND {Revocable}
        """);

    private static LiveSession Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.ValueOrNull<Guid>(1), row.GetDateTime(2), row.GetDateTime(3), row.GetDateTime(4), row.TextOrNull(5),
        row.IsDBNull(6) ? null : row.GetFieldValue<IPAddress>(6).ToString());

    private async Task LogRevokedAsync(Guid userId, int revoked, string reason, Guid? tenantId, CancellationToken cancellationToken)
    {
        if (revoked == 0)
            return;
        var fields = new Dictionary<string, string> { ["sessions"] = FormattableString.Invariant($"{revoked}"), ["reason"] = reason };
        if (tenantId is not null)
            fields[SecurityFields.TenantId] = tenantId.Value.ToString();
        await log.AppendAsync(SecurityActions.SessionsRevoked, $"user:{userId}", fields, cancellationToken);
    }
}

/// <summary>
/// Removes sessions and tokens that have ended. It goes along with the statements that add rows, each of which removes more than it adds:
/// so it needs no clock, cannot be forgotten and never has much to do at once. Rows that somebody else is removing are skipped.
/// </summary>
internal static class SessionSweep
{
    /// <summary>
    /// Removes tokens. By now() and not by the moment's clock, since an index can serve a value that stays the same; the hour stays clear
    /// of those who use a token as it expires.
    /// </summary>
    public static Sql Tokens { get; } = Sql.Of($"""
        WITH ended AS MATERIALIZED (
            SELECT hash FROM refresh_tokens WHERE expires_at < now() - interval '1 hour'
            ORDER BY expires_at LIMIT 20 FOR UPDATE SKIP LOCKED)
        DELETE FROM refresh_tokens t USING ended WHERE t.hash = ended.hash
        """);

    /// <summary>Removes sessions, after their tokens, of which there may be thousands.</summary>
    public static Sql Sessions { get; } = Sql.Of($"""
        WITH ended AS MATERIALIZED (
            SELECT id FROM sessions WHERE ends_at < now() - interval '1 hour'
            ORDER BY ends_at LIMIT 20 FOR UPDATE SKIP LOCKED)
        DELETE FROM sessions s USING ended
        WHERE s.id = ended.id AND NOT EXISTS (SELECT FROM refresh_tokens t WHERE t.session_id = s.id)
        """);
}
