using Crm.Application.ApiKeys;
using Crm.Application.Records;
using Crm.Infrastructure.Persistence;
using Crm.Infrastructure.Persistence.Records;
using NpgsqlTypes;

namespace Crm.Infrastructure.ApiKeys;

/// <summary>Reads the written counts, backwards along the table's key.</summary>
internal sealed class ApiKeyUsageReader(TenantSession session, CursorPages pages) : IApiKeyUsageReader
{
    private static readonly CursorList<ApiKeyUsageEntry> Entries = new(
        "api-key-usage", "api_key_usage", "api_key_id",
        [("hour", FieldKind.Timestamp), ("operation", FieldKind.Text), ("status_class", FieldKind.Integer), ("ip_address", FieldKind.Text)], "requests", latestFirst: true,
        reader => new ApiKeyUsageEntry(
            reader.GetDateTime(0), reader.GetString(1), reader.GetInt32(2), reader.GetString(3) is { Length: > 0 } address ? address : null, reader.GetInt64(4)));

    public Task<Page<ApiKeyUsageEntry>?> ListAsync(Guid apiKeyId, int limit, string? cursor, CancellationToken cancellationToken)
    {
        var find = SqlStatement.Finished("SELECT 1 FROM api_keys WHERE tenant_id = $1 AND id = $2", session.Tenant.TenantId);
        find.Parameter(apiKeyId, NpgsqlDbType.Uuid);
        return pages.ReadAsync(find, Entries, apiKeyId, limit, cursor, cancellationToken);
    }
}
