using Crm.Application.Identity;
using Crm.Domain.Identity;
using Npgsql;

namespace Crm.Infrastructure.Persistence;

/// <summary>Uses links up and adds accounts on the connection of the tenant's session.</summary>
[Transient]
internal sealed class InvitationDesk(TenantSession session) : IInvitationDesk
{
    // An existing password stays, also one set since it was looked for: an invitation changes nobody's. With a first password the links by
    // which it could be reset are no longer valid, as with every new one.
    public Task<User?> AdmitAsync(Guid linkId, User newcomer, CancellationToken cancellationToken)
    {
        var hash = Sql.Text(newcomer.PasswordHash);
        var admit = Sql.Of($"""
            WITH used AS (
                UPDATE one_time_links SET used_at = now(), due_at = NULL
                WHERE id = {linkId} AND inviting_tenant_id = {Sql.Tenant} AND used_at IS NULL AND expires_at > now() RETURNING id
            ), admitted AS (
                INSERT INTO users (id, email, name, password_hash, created_at)
                SELECT {newcomer.Id}, {Sql.Text(newcomer.Email)}, {Sql.Text(newcomer.Name)}, {hash}, {newcomer.CreatedAt} FROM used
                ON CONFLICT (email_lower) DO UPDATE SET password_hash = coalesce(users.password_hash, excluded.password_hash)
                RETURNING id, email, name, created_at
            ), links AS (
                UPDATE one_time_links l SET used_at = now(), due_at = NULL FROM admitted a
                WHERE l.user_id = a.id AND l.purpose = {Sql.Text(LinkPurposes.PasswordReset)} AND l.used_at IS NULL AND {hash} IS NOT NULL
            )
            SELECT id, email, name, created_at FROM admitted
            """);
        return session.SingleAsync(admit, Read, cancellationToken);
    }

    // An update that changes nothing, so that the account of a person who has one is returned too.
    public async Task<User> EnrolAsync(User newcomer, CancellationToken cancellationToken)
    {
        var enrol = Sql.Of($"""
            INSERT INTO users (id, email, name, created_at)
            VALUES ({newcomer.Id}, {Sql.Text(newcomer.Email)}, {Sql.Text(newcomer.Name)}, {newcomer.CreatedAt})
            ON CONFLICT (email_lower) DO UPDATE SET email = users.email
            RETURNING id, email, name, created_at
            """);
        return (await session.SingleAsync(enrol, Read, cancellationToken))!;
    }

    private static User Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetGuid(0),
        Email = row.GetString(1),
        Name = row.GetString(2),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(3),
    };
}
