using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Crm.Application.Identity;
using Crm.Domain.Identity;
using Crm.Infrastructure.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Infrastructure.Identity;

/// <summary>Links in the CRM's own database, which is also the list of mails to send.</summary>
internal sealed class OneTimeLinks(NpgsqlDataSource database) : IOneTimeLinks
{
    // One statement for known and unknown addresses, so that the time of the answer tells nothing. Not more often than once a minute:
    // a stranger who asks must not fill a mailbox. The user's row is locked, so that the address is not changed in between.
    private const string RequestReset = """
        INSERT INTO one_time_links (id, purpose, user_id, email, due_at)
        SELECT $2, $3, u.id, u.email, now() FROM users u
        WHERE u.email_lower = lower($1)
          AND NOT EXISTS (SELECT 1 FROM one_time_links l WHERE l.user_id = u.id AND l.purpose = $3 AND l.created_at > now() - interval '1 minute')
        FOR NO KEY UPDATE OF u
        """;

    // Nor is the password: whoever has set another one, to keep out one who knew it, is not left with a link that one asked for.
    private const string RequestChange = """
        WITH asking AS (
            SELECT id FROM users WHERE id = $1 AND password_hash = $5 FOR NO KEY UPDATE
        ), superseded AS (
            UPDATE one_time_links l SET used_at = now(), due_at = NULL FROM asking WHERE l.user_id = asking.id AND l.purpose = $4 AND l.used_at IS NULL
        )
        INSERT INTO one_time_links (id, purpose, user_id, email, due_at) SELECT $3, $4, id, $2, now() FROM asking
        """;

    private const string Find = """
        SELECT id, user_id, inviting_tenant_id, invitation_id, email, created_at, expires_at FROM one_time_links
        WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > now()
        """;

    public async Task RequestPasswordResetAsync(string email, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(RequestReset);
        command.Parameters.Add(new() { Value = email });
        command.Parameters.Add(new() { Value = Guid.CreateVersion7() });
        command.Parameters.Add(new() { Value = LinkPurposes.PasswordReset });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<bool> RequestEmailChangeAsync(User user, string email, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(RequestChange);
        command.Parameters.Add(new() { Value = user.Id });
        command.Parameters.Add(new() { Value = email });
        command.Parameters.Add(new() { Value = Guid.CreateVersion7() });
        command.Parameters.Add(new() { Value = LinkPurposes.EmailChange });
        command.Parameters.Add(new() { Value = user.PasswordHash! });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    public async Task<OneTimeLink?> FindAsync(string purpose, string token, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Find);
        command.Parameters.Add(new() { Value = HashOf(token) });
        command.Parameters.Add(new() { Value = purpose });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            return null;
        return new OneTimeLink
        {
            Id = reader.GetGuid(0),
            Purpose = purpose,
            UserId = reader.ValueOrNull<Guid>(1),
            InvitingTenantId = reader.ValueOrNull<Guid>(2),
            InvitationId = reader.ValueOrNull<Guid>(3),
            Email = reader.GetString(4),
            CreatedAt = reader.GetFieldValue<DateTimeOffset>(5),
            ExpiresAt = reader.GetFieldValue<DateTimeOffset>(6),
        };
    }

    public async Task<bool> TryUseAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "UPDATE one_time_links SET used_at = now(), due_at = NULL WHERE id = $1 AND used_at IS NULL AND expires_at > now()");
        command.Parameters.Add(new() { Value = id, NpgsqlDbType = NpgsqlDbType.Uuid });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>A new secret of 256 random bits, in letters that need no escaping in a URL.</summary>
    public static string NewToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>The hash a secret is kept as. It is random through and through, so a fast hash is enough.</summary>
    public static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
