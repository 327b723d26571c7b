using System.Text.Json;
using Crm.Application.Authorization;
using Crm.Application.Host;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Infrastructure.Identity;

/// <summary>Appends to <c>host_changes</c>.</summary>
internal sealed class HostLog(NpgsqlDataSource database, ICaller caller) : IHostLog
{
    public async Task AppendAsync(string action, string subject, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "INSERT INTO host_changes (id, action, subject, actor_id, correlation_id, fields) VALUES ($1, $2, $3, $4, $5, $6)");
        command.Parameters.Add(new() { Value = Guid.CreateVersion7() });
        command.Parameters.Add(new() { Value = action });
        command.Parameters.Add(new() { Value = subject });
        command.Parameters.Add(new() { Value = (object?)caller.UserId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = (object?)caller.CorrelationId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(fields), NpgsqlDbType = NpgsqlDbType.Jsonb });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
