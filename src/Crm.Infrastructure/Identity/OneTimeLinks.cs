using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Crm.Application.Identity;
using Crm.Domain.Identity;
using Crm.Infrastructure.Persistence;

namespace Crm.Infrastructure.Identity;

/// <summary>Links in the CRM's own database, which is also the list of mails to send.</summary>
[Singleton]
internal sealed class OneTimeLinks(HostSession host) : IOneTimeLinks
{
    // One statement for known and unknown addresses, so that the time of the answer reveals nothing. Not more often than once a minute:
    // a stranger who asks must not fill a mailbox. The user's row is locked, so that the address is not changed in between.
    public Task RequestPasswordResetAsync(string email, CancellationToken cancellationToken)
    {
        var purpose = Sql.Text(LinkPurposes.PasswordReset);
        return host.ExecuteAsync(Sql.Of($"""
            INSERT INTO one_time_links (id, purpose, user_id, email, due_at)
            SELECT {Guid.CreateVersion7()}, {purpose}, u.id, u.email, now() FROM users u
            WHERE u.email_lower = lower({Sql.Text(email)}) AND NOT EXISTS (
                SELECT 1 FROM one_time_links l
                WHERE l.user_id = u.id AND l.purpose = {purpose} AND l.created_at > now() - interval '1 minute')
            FOR NO KEY UPDATE OF u
            """), cancellationToken);
    }

    // Nor may the password change in between: a user who sets another one, to keep out somebody who knew it, must not be left with a link
    // which that person asked for.
    public async Task<bool> RequestEmailChangeAsync(User user, string email, CancellationToken cancellationToken)
    {
        var purpose = Sql.Text(LinkPurposes.EmailChange);
        return await host.ExecuteAsync(Sql.Of($"""
            WITH asking AS (
                SELECT id FROM users WHERE id = {user.Id} AND password_hash = {Sql.Text(user.PasswordHash)} FOR NO KEY UPDATE
            ), superseded AS (
                UPDATE one_time_links l SET used_at = now(), due_at = NULL
                FROM asking WHERE l.user_id = asking.id AND l.purpose = {purpose} AND l.used_at IS NULL
            )
            INSERT INTO one_time_links (id, purpose, user_id, email, due_at)
            SELECT {Guid.CreateVersion7()}, {purpose}, id, {Sql.Text(email)}, now() FROM asking
            """), cancellationToken) == 1;
    }

    public Task<OneTimeLink?> FindAsync(string purpose, string token, CancellationToken cancellationToken) =>
        host.SingleAsync(
            Sql.Of($"""
                SELECT id, user_id, inviting_tenant_id, invitation_id, email, created_at, expires_at FROM one_time_links
                WHERE token_hash = {HashOf(token)} AND purpose = {Sql.Text(purpose)} AND used_at IS NULL AND expires_at > now()
                """),
            row => new OneTimeLink
            {
                Id = row.GetGuid(0),
                Purpose = purpose,
                UserId = row.ValueOrNull<Guid>(1),
                InvitingTenantId = row.ValueOrNull<Guid>(2),
                InvitationId = row.ValueOrNull<Guid>(3),
                Email = row.GetString(4),
                CreatedAt = row.GetFieldValue<DateTimeOffset>(5),
                ExpiresAt = row.GetFieldValue<DateTimeOffset>(6),
            },
            cancellationToken);

    public async Task<bool> TryUseAsync(Guid id, CancellationToken cancellationToken) =>
        await host.ExecuteAsync(Sql.Of($"""
            UPDATE one_time_links SET used_at = now(), due_at = NULL WHERE id = {id} AND used_at IS NULL AND expires_at > now()
            """), cancellationToken) == 1;

    /// <summary>A new secret of 256 random bits, in letters that need no escaping in a URL.</summary>
    public static string NewToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>The hash a secret is kept as. It is random through and through, so a fast hash is enough.</summary>
    public static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
