using Crm.Application.Tenants;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>Counts in the tenant's own tables.</summary>
[Transient]
internal sealed class UsageCounter(TenantSession session, CountedTables counted) : IUsageCounter
{
    public Task<(UserCount Users, IReadOnlyDictionary<string, CountOfRecords> Records)> CountAsync(CancellationToken cancellationToken)
    {
        var tables = counted.All.ToList();
        List<SqlStatement> statements =
        [
            Count("active", $"memberships WHERE tenant_id = {SqlStatement.Tenant} AND deleted_at IS NULL"),
            .. tables.Select(t => Count("deleted_at IS NULL", $"{t.Table} WHERE tenant_id = {SqlStatement.Tenant}")),
        ];
        return session.ExecuteAsync<(UserCount, IReadOnlyDictionary<string, CountOfRecords>)>(statements, async (reader, token) =>
        {
            await reader.ReadAsync(token);
            var users = new UserCount(reader.GetInt64(0), reader.GetInt64(1));
            var records = new Dictionary<string, CountOfRecords>();
            foreach (var (type, _) in tables)
            {
                await reader.NextResultAsync(token);
                await reader.ReadAsync(token);
                records[type] = new CountOfRecords(reader.GetInt64(0), reader.GetInt64(1));
            }

            return (users, records);
        }, cancellationToken);
    }

    private SqlStatement Count(string first, string rows) =>
        new SqlStatement(session.Tenant.TenantId).Append($"SELECT count(*) FILTER (WHERE {first}), count(*) FILTER (WHERE NOT ({first})) FROM {rows}");
}
