using Crm.Application.Identity;
using Crm.Domain.Identity;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Infrastructure.Identity;

/// <summary>The users in the CRM's own database.</summary>
internal sealed class UserDirectory(NpgsqlDataSource database) : IUserDirectory
{
    private const string Select = "SELECT id, email, name, password_hash, is_host_operator, created_at FROM users ";

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
        command.Parameters.Add(new() { Value = (object?)user.PasswordHash ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = user.IsHostOperator });
        command.Parameters.Add(new() { Value = user.CreatedAt });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    public async Task SetPasswordHashAsync(Guid id, string hash, string? onlyIfStill, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "UPDATE users SET password_hash = $2 WHERE id = $1 AND ($3 IS NULL OR password_hash = $3)");
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = hash });
        command.Parameters.Add(new() { Value = (object?)onlyIfStill ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(cancellationToken);
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
            PasswordHash = reader.IsDBNull(3) ? null : reader.GetString(3),
            IsHostOperator = reader.GetBoolean(4),
            CreatedAt = reader.GetFieldValue<DateTimeOffset>(5),
        };
    }
}
