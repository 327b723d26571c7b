using System.Text.Json;
using Crm.Domain.ChangeLog;
using Crm.Infrastructure.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Infrastructure.ChangeLog.Audit;

/// <summary>Appends security events to one log, in one round trip that is a transaction of its own.</summary>
internal sealed class SecurityEventWriter(NpgsqlDataSource database)
{
    private const string ToTenant = """
        INSERT INTO changes (tenant_id, id, record_type, record_id, version, action, actor_type, actor_id, origin, correlation_id, address, session_id, fields)
        VALUES ($1, $2, $11, $12, $13, $3, $4, $5, $6, $7, $8, $9, $10)
        """;

    private const string ToHost = """
        INSERT INTO host_changes (id, action, actor_type, actor_id, origin, correlation_id, address, session_id, fields, subject)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """;

    /// <summary>Appends events.</summary>
    public async Task WriteAsync(Guid? tenantId, IEnumerable<SecurityEvent> events, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        if (tenantId is { } tenant)
            batch.BatchCommands.Add(TenantSetting.Of(tenant));
        foreach (var happened in events)
            batch.BatchCommands.Add(Insert(tenantId, happened));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlBatchCommand Insert(Guid? tenantId, SecurityEvent happened)
    {
        var command = new NpgsqlBatchCommand(tenantId is null ? ToHost : ToTenant);
        if (tenantId is { } tenant)
            command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = Guid.CreateVersion7() });
        command.Parameters.Add(new() { Value = happened.Action });
        command.Parameters.Add(new() { Value = happened.Actor.Type });
        command.Parameters.Add(NullableParameter.Of(happened.Actor.Id, NpgsqlDbType.Uuid));
        command.Parameters.Add(new() { Value = happened.Origin });
        command.Parameters.Add(NullableParameter.Of(happened.CorrelationId, NpgsqlDbType.Text));
        command.Parameters.Add(NullableParameter.Of(happened.Actor.Address, NpgsqlDbType.Inet));
        command.Parameters.Add(NullableParameter.Of(happened.Actor.SessionId, NpgsqlDbType.Uuid));
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(happened.Fields), NpgsqlDbType = NpgsqlDbType.Jsonb });
        if (tenantId is null)
        {
            command.Parameters.Add(new() { Value = happened.Subject });
            return command;
        }

        // In a tenant's log the subject stands as a record does; what is none in particular has the empty id.
        var parts = happened.Subject.Split(':', 2);
        command.Parameters.Add(new() { Value = parts[0] });
        command.Parameters.Add(new() { Value = Guid.TryParse(parts[^1], out var id) ? id : Guid.Empty });
        command.Parameters.Add(new() { Value = Change.SecurityVersion });
        return command;
    }
}
