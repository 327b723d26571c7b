using Crm.Application.ApiKeys;
using Crm.Application.Records;
using Crm.Infrastructure.Persistence;
using Crm.Infrastructure.Persistence.Records;
using NpgsqlTypes;

namespace Crm.Infrastructure.ApiKeys;

/// <summary>Reads the written counts, backwards along the table's key.</summary>
internal sealed class ApiKeyUsageReader(TenantSession session, CursorCodec cursors) : IApiKeyUsageReader
{
    private static readonly FieldKind[] Keys = [FieldKind.Timestamp, FieldKind.Text, FieldKind.Integer, FieldKind.Text];

    public Task<ApiKeyUsagePage?> ListAsync(Guid apiKeyId, int limit, string? cursor, CancellationToken cancellationToken)
    {
        var tenantId = session.Tenant.TenantId;
        var binding = $"api-key-usage {apiKeyId:D}";
        var find = SqlStatement.Finished("SELECT 1 FROM api_keys k WHERE k.tenant_id = $1 AND k.id = $2", tenantId);
        find.Parameter(apiKeyId, NpgsqlDbType.Uuid);
        var list = cursor is null
            ? SqlStatement.Finished("""
                SELECT u.hour, u.operation, u.status_class, u.ip_address, u.requests FROM api_key_usage u WHERE u.tenant_id = $1 AND u.api_key_id = $2
                ORDER BY u.hour DESC, u.operation DESC, u.status_class DESC, u.ip_address DESC LIMIT $3
                """, tenantId)
            : SqlStatement.Finished("""
                SELECT u.hour, u.operation, u.status_class, u.ip_address, u.requests FROM api_key_usage u WHERE u.tenant_id = $1 AND u.api_key_id = $2
                AND (u.hour, u.operation, u.status_class, u.ip_address) < ($4, $5, $6, $7)
                ORDER BY u.hour DESC, u.operation DESC, u.status_class DESC, u.ip_address DESC LIMIT $3
                """, tenantId);
        list.Parameter(apiKeyId, NpgsqlDbType.Uuid);
        list.Parameter(limit + 1, NpgsqlDbType.Integer);
        if (cursor is not null)
        {
            var last = cursors.Decode(tenantId, binding, cursor, Keys) ?? throw RecordErrors.InvalidCursor();
            list.Parameter(last[0], NpgsqlDbType.TimestampTz);
            list.Parameter(last[1], NpgsqlDbType.Text);
            list.Parameter(last[2], NpgsqlDbType.Integer);
            list.Parameter(last[3], NpgsqlDbType.Text);
        }

        return session.ExecuteAsync<ApiKeyUsagePage?>([find, list], async (reader, token) =>
        {
            if (!await reader.ReadAsync(token))
                return null;
            await reader.NextResultAsync(token);
            var entries = new List<ApiKeyUsageEntry>();
            while (await reader.ReadAsync(token))
            {
                if (entries.Count == limit)
                    return new ApiKeyUsagePage(entries, cursors.Encode(tenantId, binding, [entries[^1].Hour, entries[^1].Operation, entries[^1].StatusClass, entries[^1].IpAddress ?? ""]));
                entries.Add(new ApiKeyUsageEntry(reader.GetDateTime(0), reader.GetString(1), reader.GetInt32(2), reader.GetString(3) is { Length: > 0 } address ? address : null, reader.GetInt64(4)));
            }

            return new ApiKeyUsagePage(entries, null);
        }, cancellationToken);
    }
}
