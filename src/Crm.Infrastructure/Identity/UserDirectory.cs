using Crm.Application.Identity;
using Crm.Domain.Identity;
using Crm.Infrastructure.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Infrastructure.Identity;

/// <summary>The users in the CRM's own database.</summary>
internal sealed class UserDirectory(NpgsqlDataSource database) : IUserDirectory
{
    private const string Select = "SELECT id, email, name, password_hash, is_host_operator, created_at FROM users ";

    // Before a statement that uses links up: what is asked for at the same time is either in sight of it or finds the user changed.
    private const string Hold = "SELECT FROM users WHERE id = $1 FOR UPDATE";

    // The password until now is remembered beside as many before it as the policy says. All links of the user are used up, those that
    // change the address
    // too: one who knew the password may have asked for them.
    private const string SetPassword = """
        WITH old AS (
            SELECT id, password_hash FROM users WHERE id = $1 FOR UPDATE
        ), remembered AS (
            INSERT INTO password_history (user_id, password_hash) SELECT id, password_hash FROM old WHERE password_hash IS NOT NULL
        ), forgotten AS (
            DELETE FROM password_history h USING old
            WHERE h.user_id = old.id AND h.replaced_at <= (SELECT p.replaced_at FROM password_history p WHERE p.user_id = $1 ORDER BY p.replaced_at DESC OFFSET $3 LIMIT 1)
        ), links AS (
            UPDATE one_time_links l SET used_at = now(), due_at = NULL FROM old WHERE l.user_id = old.id AND l.used_at IS NULL
        )
        UPDATE users SET password_hash = $2 FROM old WHERE users.id = old.id
        """;

    // Links that went to the address until now are used up: whoever still reads its mail is not to set the password.
    private const string SetEmail = """
        WITH links AS (
            UPDATE one_time_links SET used_at = now(), due_at = NULL WHERE user_id = $1 AND used_at IS NULL
        )
        UPDATE users SET email = $2 WHERE id = $1
        """;

    public Task<User?> FindByEmailAsync(string email, CancellationToken cancellationToken) =>
        FindAsync(Select + "WHERE email_lower = lower($1)", email, cancellationToken);

    public Task<User?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        FindAsync(Select + "WHERE id = $1", id, cancellationToken);

    public async Task<bool> AddAsync(User user, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            INSERT INTO users (id, email, name, password_hash, is_host_operator, created_at) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (email_lower) DO NOTHING
            """);
        command.Parameters.Add(new() { Value = user.Id });
        command.Parameters.Add(new() { Value = user.Email });
        command.Parameters.Add(new() { Value = user.Name });
        command.Parameters.Add(NullableParameter.Of(user.PasswordHash, NpgsqlDbType.Text));
        command.Parameters.Add(new() { Value = user.IsHostOperator });
        command.Parameters.Add(new() { Value = user.CreatedAt });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    public async Task SetPasswordHashAsync(Guid id, string hash, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new(Hold) { Parameters = { new() { Value = id } } });
        batch.BatchCommands.Add(new(SetPassword) { Parameters = { new() { Value = id }, new() { Value = hash }, new() { Value = PasswordPolicy.Remembered - 2 } } });
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task RehashPasswordAsync(Guid id, string hash, string outdated, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE users SET password_hash = $2 WHERE id = $1 AND password_hash = $3");
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = hash });
        command.Parameters.Add(new() { Value = outdated });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<PasswordOwner?> DescribeAsync(Guid? id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT u.id, u.name, u.email, ARRAY(SELECT identifier FROM user_memberships(u.id)), r.min_length, r.require_mixture
            FROM users u, user_password_rules(u.id) r WHERE u.id = $1
            """);
        command.Parameters.Add(NullableParameter.Of(id, NpgsqlDbType.Uuid));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new PasswordOwner(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<string[]>(3))
            {
                MinLength = reader.ValueOrNull<int>(4),
                RequireMixture = reader.GetBoolean(5),
            }
            : null;
    }

    public async Task<IReadOnlyList<string>> ListPasswordHashesAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT password_hash FROM users WHERE id = $1 AND password_hash IS NOT NULL
            UNION ALL
            (SELECT password_hash FROM password_history WHERE user_id = $1 ORDER BY replaced_at DESC LIMIT $2)
            """);
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = PasswordPolicy.Remembered - 1 });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var hashes = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            hashes.Add(reader.GetString(0));
        return hashes;
    }

    public async Task<bool> SetEmailAsync(Guid id, string email, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new(Hold) { Parameters = { new() { Value = id } } });
        batch.BatchCommands.Add(new(SetEmail) { Parameters = { new() { Value = id }, new() { Value = email } } });
        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
            return true;
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return false;
        }
    }

    public async Task MakeHostOperatorAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE users SET is_host_operator = true WHERE id = $1");
        command.Parameters.Add(new() { Value = id });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<UserMembership>> ListMembershipsAsync(Guid userId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT tenant_id, identifier, tenant_name, tenant_status, role FROM user_memberships($1)");
        command.Parameters.Add(new() { Value = userId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var memberships = new List<UserMembership>();
        while (await reader.ReadAsync(cancellationToken))
            memberships.Add(new(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4)));
        return memberships;
    }

    private async Task<User?> FindAsync(string sql, object key, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = key });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            return null;
        return new User
        {
            Id = reader.GetGuid(0),
            Email = reader.GetString(1),
            Name = reader.GetString(2),
            PasswordHash = reader.TextOrNull(3),
            IsHostOperator = reader.GetBoolean(4),
            CreatedAt = reader.GetFieldValue<DateTimeOffset>(5),
        };
    }
}
