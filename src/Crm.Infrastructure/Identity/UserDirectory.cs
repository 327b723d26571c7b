using Crm.Application.Identity;
using Crm.Domain.Identity;
using Crm.Infrastructure.Persistence;
using Npgsql;

namespace Crm.Infrastructure.Identity;

/// <summary>The users in the CRM's own database.</summary>
[Singleton]
internal sealed class UserDirectory(HostSession host) : IUserDirectory
{
    private static readonly Sql Select = Sql.Of($"SELECT id, email, name, password_hash, is_host_operator, created_at FROM users");
    private static readonly Func<NpgsqlDataReader, User> Row = Read;

    public Task<User?> FindByEmailAsync(string email, CancellationToken cancellationToken) =>
        host.SingleAsync(Sql.Of($"{Select} WHERE email_lower = lower({Sql.Text(email)})"), Row, cancellationToken);

    public Task<User?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        host.SingleAsync(Sql.Of($"{Select} WHERE id = {id}"), Row, cancellationToken);

    public async Task<bool> AddAsync(User user, CancellationToken cancellationToken) =>
        await host.ExecuteAsync(Sql.Of($"""
            INSERT INTO users (id, email, name, password_hash, is_host_operator, created_at)
            VALUES ({user.Id}, {Sql.Text(user.Email)}, {Sql.Text(user.Name)}, {Sql.Text(user.PasswordHash)},
                    {user.IsHostOperator}, {user.CreatedAt})
            ON CONFLICT (email_lower) DO NOTHING
            """), cancellationToken) == 1;

    // The present password is remembered beside as many before it as the policy says. All links of the user are used up, those that change
    // the address too: one who knew the password may have asked for them.
    public Task SetPasswordHashAsync(Guid id, string hash, CancellationToken cancellationToken)
    {
        var user = Sql.Id(id);
        return host.ExecuteAsync([Lock(id), Sql.Of($"""
            WITH before AS (
                SELECT id, password_hash FROM users WHERE id = {user} FOR UPDATE
            ), remembered AS (
                INSERT INTO password_history (user_id, password_hash)
                SELECT id, password_hash FROM before WHERE password_hash IS NOT NULL
            ), forgotten AS (
                DELETE FROM password_history h USING before
                WHERE h.user_id = before.id AND h.replaced_at <= (
                    SELECT p.replaced_at FROM password_history p WHERE p.user_id = {user}
                    ORDER BY p.replaced_at DESC OFFSET {PasswordPolicy.Remembered - 2} LIMIT 1)
            ), links AS (
                UPDATE one_time_links l SET used_at = now(), due_at = NULL FROM before WHERE l.user_id = before.id AND l.used_at IS NULL
            )
            UPDATE users SET password_hash = {Sql.Text(hash)} FROM before WHERE users.id = before.id
            """)], cancellationToken);
    }

    public Task RehashPasswordAsync(Guid id, string hash, string outdated, CancellationToken cancellationToken) =>
        host.ExecuteAsync(Sql.Of($"""
            UPDATE users SET password_hash = {Sql.Text(hash)} WHERE id = {id} AND password_hash = {Sql.Text(outdated)}
            """), cancellationToken);

    public Task<PasswordOwner?> DescribeAsync(Guid? id, CancellationToken cancellationToken) =>
        host.SingleAsync(
            Sql.Of($"""
                SELECT u.id, u.name, u.email, ARRAY(SELECT identifier FROM user_memberships(u.id)), r.min_length, r.require_mixture
                FROM users u, user_password_rules(u.id) r WHERE u.id = {id}
                """),
            row => new PasswordOwner(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetFieldValue<string[]>(3))
            {
                MinLength = row.ValueOrNull<int>(4),
                RequireMixture = row.GetBoolean(5),
            },
            cancellationToken);

    public async Task<IReadOnlyList<string>> ListPasswordHashesAsync(Guid id, CancellationToken cancellationToken)
    {
        var user = Sql.Id(id);
        var list = Sql.Of($"""
            SELECT password_hash FROM users WHERE id = {user} AND password_hash IS NOT NULL
            UNION ALL
            (SELECT password_hash FROM password_history WHERE user_id = {user}
             ORDER BY replaced_at DESC LIMIT {Sql.Literal(PasswordPolicy.Remembered - 1)})
            """);
        return await host.QueryAsync(list, row => row.GetString(0), cancellationToken);
    }

    // Links that went to the old address are used up: anyone who still reads its mail must not set the password.
    public async Task<bool> SetEmailAsync(Guid id, string email, CancellationToken cancellationToken)
    {
        var user = Sql.Id(id);
        try
        {
            await host.ExecuteAsync([Lock(id), Sql.Of($"""
                WITH links AS (
                    UPDATE one_time_links SET used_at = now(), due_at = NULL WHERE user_id = {user} AND used_at IS NULL
                )
                UPDATE users SET email = {Sql.Text(email)} WHERE id = {user}
                """)], cancellationToken);
            return true;
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return false;
        }
    }

    public Task MakeHostOperatorAsync(Guid id, CancellationToken cancellationToken) =>
        host.ExecuteAsync(Sql.Of($"UPDATE users SET is_host_operator = true WHERE id = {id}"), cancellationToken);

    public async Task<IReadOnlyList<UserMembership>> ListMembershipsAsync(Guid userId, CancellationToken cancellationToken) =>
        await host.QueryAsync(
            Sql.Of($"SELECT tenant_id, identifier, tenant_name, tenant_status, role FROM user_memberships({userId})"),
            row => new UserMembership(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4)),
            cancellationToken);

    // In front of a statement that uses links up: a link asked for at the same time is either visible to it or finds the user changed.
    private static Sql Lock(Guid id) => Sql.Of($"SELECT FROM users WHERE id = {id} FOR UPDATE");

    private static User Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetGuid(0),
        Email = row.GetString(1),
        Name = row.GetString(2),
        PasswordHash = row.TextOrNull(3),
        IsHostOperator = row.GetBoolean(4),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(5),
    };
}
