using System.Text.Json;
using Crm.Application.Host;
using Crm.Application.MultiTenancy;
using Crm.Domain.Tenants;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Infrastructure.MultiTenancy;

/// <summary>The tenants in the CRM's own database.</summary>
internal sealed class DatabaseTenantStore(NpgsqlDataSource database) : IMultiTenantStore
{
    private const string Select = "SELECT id, identifier, name, status, currency FROM tenants ";

    public async Task<CrmTenantInfo?> GetByIdentifierAsync(string identifier, CancellationToken cancellationToken) =>
        identifier.ToLowerInvariant() is var lower && TenantIdentifier.IsValid(lower)
            ? await FindAsync(Select + "WHERE identifier = $1", lower, cancellationToken)
            : null;

    public Task<CrmTenantInfo?> GetAsync(Guid id, CancellationToken cancellationToken) =>
        FindAsync(Select + "WHERE id = $1", id, cancellationToken);

    public async Task<IReadOnlyList<CrmTenantInfo>> GetAllAsync(int take, string? after, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, 1000);
        await using var command = database.CreateCommand(Select + "WHERE identifier > $1 ORDER BY identifier LIMIT $2");
        command.Parameters.Add(new() { Value = after ?? "" });
        command.Parameters.Add(new() { Value = take });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var tenants = new List<CrmTenantInfo>();
        while (await reader.ReadAsync(cancellationToken))
            tenants.Add(Read(reader));
        return tenants;
    }

    public async Task<bool> AddAsync(CrmTenantInfo tenant, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "INSERT INTO tenants (id, identifier, name, status, currency) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (identifier) DO NOTHING");
        foreach (var value in new object[] { tenant.TenantId, tenant.Identifier, tenant.Name, tenant.Status, tenant.Currency })
            command.Parameters.Add(new() { Value = value });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    public async Task<bool> UpdateAsync(CrmTenantInfo tenant, HostEntry entry, CancellationToken cancellationToken)
    {
        // One statement: wherever a request breaks off, no change goes untold.
        await using var command = database.CreateCommand("""
            WITH changed AS (UPDATE tenants SET name = $2, status = $3, currency = $4 WHERE id = $1 RETURNING id)
            INSERT INTO host_changes (id, action, subject, actor_id, correlation_id, fields, actor_type, address, session_id)
                SELECT $5, $6, $7, $8, $9, $10, $11, $12, $13 FROM changed
            """);
        foreach (var value in new object[] { tenant.TenantId, tenant.Name, tenant.Status, tenant.Currency, Guid.CreateVersion7(), entry.Action, entry.Subject })
            command.Parameters.Add(new() { Value = value });
        command.Parameters.Add(new() { Value = (object?)entry.ActorId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = (object?)entry.CorrelationId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(entry.Fields), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = entry.ActorType });
        command.Parameters.Add(new() { Value = (object?)entry.Address ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Inet });
        command.Parameters.Add(new() { Value = (object?)entry.SessionId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private async Task<CrmTenantInfo?> FindAsync(string sql, object key, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = key });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    private static CrmTenantInfo Read(NpgsqlDataReader reader) =>
        new(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4));
}
