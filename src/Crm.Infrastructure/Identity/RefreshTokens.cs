using Crm.Application.Identity;
using Crm.Infrastructure.Persistence;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Infrastructure.Identity;

/// <summary>The refresh tokens in the CRM's own database.</summary>
internal sealed class RefreshTokens(NpgsqlDataSource database, IOptions<SessionOptions> options, ClientDevice device) : IRefreshTokens
{
    // A token that was used is known as such for as long as it would have been good.
    private const string Find = """
        SELECT s.id, s.user_id, s.tenant_id, t.salt, t.used_at + $2 > clock_timestamp()
        FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id LEFT JOIN tenants n ON n.id = s.tenant_id
        WHERE t.hash = $1 AND (t.used_at IS NOT NULL OR t.expires_at > clock_timestamp()) AND s.revoked_at IS NULL AND least(s.ends_at, s.expires_at, s.last_used_at + make_interval(days => n.session_idle_days), s.created_at + make_interval(days => n.session_lifetime_days)) > clock_timestamp()
        """;

    // One statement, so that all of it happens or nothing. Those who present the token at the same time wait for its row and find it used.
    private const string Use = """
        WITH used AS (
            UPDATE refresh_tokens t SET used_at = clock_timestamp(), salt = $2
            FROM sessions s LEFT JOIN tenants n ON n.id = s.tenant_id
            WHERE t.hash = $1 AND t.used_at IS NULL AND t.expires_at > clock_timestamp()
              AND s.id = t.session_id AND s.revoked_at IS NULL AND least(s.ends_at, s.expires_at, s.last_used_at + make_interval(days => n.session_idle_days), s.created_at + make_interval(days => n.session_lifetime_days)) > clock_timestamp()
            RETURNING t.session_id),
        prolonged AS (
            UPDATE sessions s SET last_used_at = clock_timestamp(), ends_at = least(
                   clock_timestamp() + least($4, make_interval(days => (SELECT t.session_idle_days FROM tenants t WHERE t.id = s.tenant_id))), s.expires_at),
                                  user_agent = coalesce($5, s.user_agent), ip_address = coalesce($6, s.ip_address)
            FROM used WHERE s.id = used.session_id
            RETURNING s.id, s.ends_at)
        INSERT INTO refresh_tokens (hash, session_id, expires_at) SELECT $3, id, ends_at FROM prolonged
        """;

    public async Task<PresentedToken?> FindAsync(string token, CancellationToken cancellationToken)
    {
        if (RefreshTokenText.Hash(token) is not { } hash)
            return null;
        await using var command = database.CreateCommand(Find);
        command.Parameters.Add(new() { Value = hash });
        command.Parameters.Add(new() { Value = options.Value.RefreshGrace });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            return null;

        var standing = reader.IsDBNull(4) ? TokenStanding.Unused : reader.GetBoolean(4) ? TokenStanding.JustUsed : TokenStanding.Reused;
        return new PresentedToken(
            token, reader.GetGuid(0), reader.GetGuid(1), reader.ValueOrNull<Guid>(2), standing,
            reader.IsDBNull(3) ? null : reader.GetFieldValue<byte[]>(3));
    }

    public async Task<string?> UseAsync(PresentedToken token, CancellationToken cancellationToken)
    {
        if (token.Standing == TokenStanding.Unused)
        {
            var salt = RefreshTokenText.CreateSalt();
            var successor = RefreshTokenText.Successor(token.Value, salt);
            if (await TryUseAsync(token.Value, salt, successor, cancellationToken))
                return successor;

            // Another was faster: its salt makes the successor.
            if (await FindAsync(token.Value, cancellationToken) is not { } used)
                return null;
            token = used;
        }

        // What was used has a salt: the table demands it.
        return token.Standing == TokenStanding.JustUsed ? RefreshTokenText.Successor(token.Value, token.Salt!) : null;
    }

    private async Task<bool> TryUseAsync(string token, byte[] salt, string successor, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        var use = new NpgsqlBatchCommand(Use)
        {
            Parameters =
            {
                new() { Value = RefreshTokenText.Hash(token)! },
                new() { Value = salt },
                new() { Value = RefreshTokenText.Hash(successor)! },
                new() { Value = options.Value.IdleLifetime },
                NullableParameter.Of(device.UserAgent, NpgsqlDbType.Text),
                NullableParameter.Of(device.Address, NpgsqlDbType.Inet),
            },
        };
        batch.BatchCommands.Add(use);
        SessionSweep.AddTokens(batch);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return use.RecordsAffected == 1;
    }
}
