using Crm.Application.ApiKeys;
using Crm.Application.Records;
using Crm.Infrastructure.Persistence;
using Npgsql;

namespace Crm.Infrastructure.ApiKeys;

/// <summary>Reads the written counts, backwards along the table's key.</summary>
[Scoped]
internal sealed class ApiKeyUsageReader(CursorPages pages) : IApiKeyUsageReader
{
    private static readonly CursorList<ApiKeyUsageEntry> Entries = new(
        "api-key-usage", "api_key_usage", owner: "api_key_id",
        [
            ("hour", FieldKind.Timestamp), ("operation", FieldKind.Text), ("status_class", FieldKind.Integer),
            ("ip_address", FieldKind.Text),
        ],
        columns: ["requests"], latestFirst: true, Read);

    public Task<Page<ApiKeyUsageEntry>?> ListAsync(Guid apiKeyId, int limit, string? cursor, CancellationToken cancellationToken)
    {
        var exists = Sql.Of($"SELECT 1 FROM api_keys WHERE tenant_id = {Sql.Tenant} AND id = {apiKeyId}");
        return pages.ReadAsync(exists, Entries, apiKeyId, limit, cursor, cancellationToken);
    }

    private static ApiKeyUsageEntry Read(NpgsqlDataReader row) => new(
        row.GetDateTime(0), row.GetString(1), row.GetInt32(2), row.GetString(3) is { Length: > 0 } address ? address : null,
        row.GetInt64(4));
}
