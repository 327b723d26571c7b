using Crm.Application.Identity;
using Crm.Domain.Identity;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Infrastructure.Persistence;

/// <summary>Uses links up and begins accounts on the connection of the tenant's session.</summary>
internal sealed class InvitationDesk(TenantSession session) : IInvitationDesk
{
    public Task<User?> AdmitAsync(Guid linkId, User newcomer, CancellationToken cancellationToken)
    {
        var statement = new SqlStatement(session.Tenant.TenantId);
        var link = statement.Parameter(linkId, NpgsqlDbType.Uuid);
        var id = statement.Parameter(newcomer.Id, NpgsqlDbType.Uuid);
        var email = statement.Parameter(newcomer.Email, NpgsqlDbType.Text);
        var name = statement.Parameter(newcomer.Name, NpgsqlDbType.Text);
        var hash = statement.Parameter(newcomer.PasswordHash, NpgsqlDbType.Text);
        var createdAt = statement.Parameter(newcomer.CreatedAt, NpgsqlDbType.TimestampTz);
        var reset = statement.Parameter(LinkPurposes.PasswordReset, NpgsqlDbType.Text);

        // A password that there is stays, also one set since it was looked for: an invitation changes nobody's. With a first password the
        // links by
        // which it could be reset are no longer good, as with every new one.
        statement.Append($"""
            WITH used AS (
                UPDATE one_time_links SET used_at = now(), due_at = NULL
                WHERE id = {link} AND inviting_tenant_id = {SqlStatement.Tenant} AND used_at IS NULL AND expires_at > now() RETURNING id
            ), admitted AS (
                INSERT INTO users (id, email, name, password_hash, created_at) SELECT {id}, {email}, {name}, {hash}, {createdAt} FROM used
                ON CONFLICT (email_lower) DO UPDATE SET password_hash = coalesce(users.password_hash, excluded.password_hash)
                RETURNING id, email, name, created_at
            ), links AS (
                UPDATE one_time_links l SET used_at = now(), due_at = NULL FROM admitted a
                WHERE l.user_id = a.id AND l.purpose = {reset} AND l.used_at IS NULL AND {hash} IS NOT NULL
            )
            SELECT id, email, name, created_at FROM admitted
            """);
        return session.ExecuteAsync([statement], async (reader, token) => await reader.ReadAsync(token) ? Read(reader) : null, cancellationToken);
    }

    public Task<User> EnrolAsync(User newcomer, CancellationToken cancellationToken)
    {
        var statement = new SqlStatement(session.Tenant.TenantId);
        var id = statement.Parameter(newcomer.Id, NpgsqlDbType.Uuid);
        var email = statement.Parameter(newcomer.Email, NpgsqlDbType.Text);
        var name = statement.Parameter(newcomer.Name, NpgsqlDbType.Text);
        var createdAt = statement.Parameter(newcomer.CreatedAt, NpgsqlDbType.TimestampTz);

        // An update that changes nothing, so that the account of a person who has one is answered too.
        statement.Append($"""
            INSERT INTO users (id, email, name, created_at) VALUES ({id}, {email}, {name}, {createdAt})
            ON CONFLICT (email_lower) DO UPDATE SET email = users.email
            RETURNING id, email, name, created_at
            """);
        return session.ExecuteAsync([statement], async (reader, token) =>
        {
            await reader.ReadAsync(token);
            return Read(reader);
        }, cancellationToken);
    }

    private static User Read(NpgsqlDataReader reader) =>
        new() { Id = reader.GetGuid(0), Email = reader.GetString(1), Name = reader.GetString(2), CreatedAt = reader.GetFieldValue<DateTimeOffset>(3) };
}
