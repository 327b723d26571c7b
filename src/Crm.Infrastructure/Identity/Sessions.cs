using System.Net;
using Crm.Application.Audit;
using Crm.Application.Identity;
using Crm.Domain.Identity;
using Crm.Infrastructure.Persistence;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Infrastructure.Identity;

/// <summary>The sessions in the CRM's own database.</summary>
internal sealed class Sessions(NpgsqlDataSource database, IOptions<SessionOptions> options, ClientDevice device, ISecurityLog log) : ISessions
{
    // The user's row is locked against a change of password while the session is added: either the session is not opened, or the change
    // sees it and ends it.
    // It is locked against other sign-ins of the user too, so that the next statement sees all sessions. A tenant may shorten lifetimes;
    // least ignores NULL.
    private const string Open = """
        WITH opened AS (
            INSERT INTO sessions (id, user_id, tenant_id, ends_at, expires_at, user_agent, ip_address)
            SELECT $1, u.id, $4, clock_timestamp() + least($5, $6, make_interval(days => t.session_idle_days), make_interval(days => t.session_lifetime_days)),
                   clock_timestamp() + least($6, make_interval(days => t.session_lifetime_days)), $7, $8
            FROM users u LEFT JOIN tenants t ON t.id = $4 WHERE u.id = $2 AND u.password_hash = $3 FOR NO KEY UPDATE OF u
            RETURNING id, ends_at)
        INSERT INTO refresh_tokens (hash, session_id, expires_at) SELECT $9, id, ends_at FROM opened
        """;

    private const string EndOldest = """
        UPDATE sessions SET revoked_at = clock_timestamp(), revoked_reason = $3
        WHERE id IN (
            SELECT id FROM sessions WHERE user_id = $1 AND revoked_at IS NULL AND ends_at > clock_timestamp()
            ORDER BY last_used_at DESC, id DESC OFFSET $2)
        """;

    private const string RevokeOfTenant = """
        UPDATE sessions SET revoked_at = clock_timestamp(), revoked_reason = $2
        WHERE user_id = $1 AND tenant_id = $3 AND revoked_at IS NULL AND ends_at > clock_timestamp()
        """;

    private const string Revoke = """
        UPDATE sessions SET revoked_at = clock_timestamp(), revoked_reason = $2
        WHERE user_id = $1 AND id = $3 AND revoked_at IS NULL AND ends_at > clock_timestamp()
        RETURNING tenant_id
        """;

    private const string RevokeAll = """
        UPDATE sessions SET revoked_at = clock_timestamp(), revoked_reason = $2
        WHERE user_id = $1 AND id IS DISTINCT FROM $3 AND revoked_at IS NULL AND ends_at > clock_timestamp()
        """;

    // A session ends as its tenant's rules say now: they may have become stricter since it was opened. What a tenant does not say is NULL,
    // which least passes over.
    private const string List = """
        SELECT s.id, s.tenant_id, s.created_at, s.last_used_at, least(s.ends_at, s.expires_at, s.last_used_at + make_interval(days => n.session_idle_days), s.created_at + make_interval(days => n.session_lifetime_days)), s.user_agent, s.ip_address
        FROM sessions s LEFT JOIN tenants n ON n.id = s.tenant_id
        WHERE s.user_id = $1 AND s.revoked_at IS NULL AND least(s.ends_at, s.expires_at, s.last_used_at + make_interval(days => n.session_idle_days), s.created_at + make_interval(days => n.session_lifetime_days)) > clock_timestamp()
        ORDER BY s.last_used_at DESC, s.id DESC LIMIT 200
        """;

    public async Task<OpenedSession?> OpenAsync(User user, Guid? tenantId, CancellationToken cancellationToken)
    {
        var (id, token) = (Guid.CreateVersion7(), RefreshTokenText.Create());
        await using var batch = database.CreateBatch();
        var open = new NpgsqlBatchCommand(Open)
        {
            Parameters =
            {
                new() { Value = id },
                new() { Value = user.Id },
                NullableParameter.Of(user.PasswordHash, NpgsqlDbType.Text),
                NullableParameter.Of(tenantId, NpgsqlDbType.Uuid),
                new() { Value = options.Value.IdleLifetime },
                new() { Value = options.Value.Lifetime },
                NullableParameter.Of(device.UserAgent, NpgsqlDbType.Text),
                NullableParameter.Of(device.Address, NpgsqlDbType.Inet),
                new() { Value = RefreshTokenText.Hash(token)! },
            },
        };
        var endOldest = new NpgsqlBatchCommand(EndOldest)
        {
            Parameters = { new() { Value = user.Id }, new() { Value = options.Value.MaxPerUser }, new() { Value = SessionEndings.TooManySessions } },
        };
        batch.BatchCommands.Add(open);
        batch.BatchCommands.Add(endOldest);
        SessionSweep.AddTokens(batch);
        SessionSweep.AddSessions(batch);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await TellAsync(user.Id, endOldest.RecordsAffected, SessionEndings.TooManySessions, null, cancellationToken);
        return open.RecordsAffected == 1 ? new OpenedSession(id, token) : null;
    }

    public async Task<bool> RevokeAsync(Guid userId, Guid sessionId, string reason, CancellationToken cancellationToken)
    {
        var fields = new Dictionary<string, string> { [SecurityFields.SessionId] = sessionId.ToString(), ["reason"] = reason };
        await using (var command = Command(Revoke, new() { Value = userId }, new() { Value = reason }, new() { Value = sessionId }))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (!await reader.ReadAsync(cancellationToken))
                return false;
            if (!reader.IsDBNull(0))
                fields[SecurityFields.TenantId] = reader.GetGuid(0).ToString();
        }

        await log.AppendAsync(SecurityActions.SessionRevoked, $"user:{userId}", fields, cancellationToken);
        return true;
    }

    public async Task<int> RevokeAllAsync(Guid userId, Guid? exceptSessionId, string reason, CancellationToken cancellationToken)
    {
        await using var command = Command(RevokeAll, new() { Value = userId }, new() { Value = reason }, NullableParameter.Of(exceptSessionId, NpgsqlDbType.Uuid));
        var revoked = await command.ExecuteNonQueryAsync(cancellationToken);
        await TellAsync(userId, revoked, reason, null, cancellationToken);
        return revoked;
    }

    public async Task<int> RevokeOfTenantAsync(Guid userId, Guid tenantId, string reason, CancellationToken cancellationToken)
    {
        await using var command = Command(RevokeOfTenant, new() { Value = userId }, new() { Value = reason }, new() { Value = tenantId });
        var revoked = await command.ExecuteNonQueryAsync(cancellationToken);
        await TellAsync(userId, revoked, reason, tenantId, cancellationToken);
        return revoked;
    }

    public async Task<IReadOnlyList<LiveSession>> ListAsync(Guid userId, CancellationToken cancellationToken)
    {
        await using var command = Command(List, new NpgsqlParameter { Value = userId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var sessions = new List<LiveSession>();
        while (await reader.ReadAsync(cancellationToken))
        {
            sessions.Add(new LiveSession(
                reader.GetGuid(0), reader.ValueOrNull<Guid>(1), reader.GetDateTime(2), reader.GetDateTime(3), reader.GetDateTime(4),
                reader.TextOrNull(5), reader.IsDBNull(6) ? null : reader.GetFieldValue<IPAddress>(6).ToString()));
        }

        return sessions;
    }

    private async Task TellAsync(Guid userId, int revoked, string reason, Guid? tenantId, CancellationToken cancellationToken)
    {
        if (revoked == 0)
            return;
        var fields = new Dictionary<string, string> { ["sessions"] = FormattableString.Invariant($"{revoked}"), ["reason"] = reason };
        if (tenantId is not null)
            fields[SecurityFields.TenantId] = tenantId.Value.ToString();
        await log.AppendAsync(SecurityActions.SessionsRevoked, $"user:{userId}", fields, cancellationToken);
    }

    private NpgsqlCommand Command(string sql, params NpgsqlParameter[] parameters)
    {
        var command = database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        return command;
    }
}
