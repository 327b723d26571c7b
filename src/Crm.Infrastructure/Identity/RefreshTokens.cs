using Crm.Application.Identity;
using Crm.Infrastructure.Persistence;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crm.Infrastructure.Identity;

/// <summary>The refresh tokens in the CRM's own database.</summary>
[Scoped]
internal sealed class RefreshTokens(HostSession host, IOptions<SessionOptions> options, ClientDevice device) : IRefreshTokens
{
    public async Task<PresentedToken?> FindAsync(string token, CancellationToken cancellationToken)
    {
        if (RefreshTokenText.Hash(token) is not { } hash)
            return null;

        // A token that was used is known as such for as long as it would have been good.
        var find = Sql.Of($"""
            SELECT s.id, s.user_id, s.tenant_id, t.salt, t.used_at + {options.Value.RefreshGrace} > clock_timestamp()
            FROM refresh_tokens t JOIN live_sessions s ON s.id = t.session_id
            WHERE t.hash = {hash} AND (t.used_at IS NOT NULL OR t.expires_at > clock_timestamp())
            """);
        return await host.SingleAsync(find, row => Read(token, row), cancellationToken);
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

        // The table sees to it that a token that was used has a salt.
        return token.Standing == TokenStanding.JustUsed ? RefreshTokenText.Successor(token.Value, token.Salt!) : null;
    }

    // One statement, so that all of it happens or nothing. Those who present the token at the same time wait for its row and find it used.
    private Task<bool> TryUseAsync(string token, byte[] salt, string successor, CancellationToken cancellationToken)
    {
        var use = Sql.Of($"""
            WITH used AS (
                UPDATE refresh_tokens t SET used_at = clock_timestamp(), salt = {salt}
                FROM live_sessions s
                WHERE t.hash = {RefreshTokenText.Hash(token)} AND t.used_at IS NULL AND t.expires_at > clock_timestamp()
                  AND s.id = t.session_id
                RETURNING t.session_id),
            prolonged AS (
                UPDATE sessions s SET
                    last_used_at = clock_timestamp(),
                    ends_at = least(
                        clock_timestamp() + least({options.Value.IdleLifetime},
                            (SELECT setting_days(t.settings, 'sessionIdleDays') FROM tenants t WHERE t.id = s.tenant_id)),
                        s.expires_at),
                    user_agent = coalesce({Sql.Text(device.UserAgent)}, s.user_agent),
                    ip_address = coalesce({device.Address}, s.ip_address)
                FROM used WHERE s.id = used.session_id
                RETURNING s.id, s.ends_at)
            INSERT INTO refresh_tokens (hash, session_id, expires_at)
            SELECT {RefreshTokenText.Hash(successor)}, id, ends_at FROM prolonged
            RETURNING session_id
            """);
        return host.RunAsync([use, SessionSweep.Tokens], (reader, ct) => reader.ReadAsync(ct), cancellationToken);
    }

    private static PresentedToken Read(string token, NpgsqlDataReader row)
    {
        var standing = row.ValueOrNull<bool>(4) switch
        {
            null => TokenStanding.Unused,
            true => TokenStanding.JustUsed,
            false => TokenStanding.Reused,
        };
        return new PresentedToken(
            token, row.GetGuid(0), row.GetGuid(1), row.ValueOrNull<Guid>(2), standing,
            row.IsDBNull(3) ? null : row.GetFieldValue<byte[]>(3));
    }
}
