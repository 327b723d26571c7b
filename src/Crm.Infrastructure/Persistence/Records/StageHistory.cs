using Crm.Application.Deals;
using Crm.Application.Records;
using Crm.Domain.Deals;
using NpgsqlTypes;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>Reads the stage history of deals.</summary>
internal sealed class StageHistory(TenantSession session, CursorCodec cursors) : IStageHistory
{
    private static readonly FieldKind[] Keys = [FieldKind.Timestamp, FieldKind.Id];

    public Task<StageHistoryPage> ReadAsync(Guid dealId, int limit, string? cursor, CancellationToken cancellationToken)
    {
        var tenantId = session.Tenant.TenantId;
        var binding = $"stage-history {dealId:D}";
        var statement = new SqlStatement(tenantId);
        statement.Append($"SELECT h.at, h.id, h.from_stage_id, h.to_stage_id FROM deal_stage_changes h WHERE h.tenant_id = {SqlStatement.Tenant} AND h.deal_id = {statement.Parameter(dealId, NpgsqlDbType.Uuid)}");
        if (cursor is not null)
        {
            var last = cursors.Decode(tenantId, binding, cursor, Keys) ?? throw RecordErrors.InvalidCursor();
            statement.Append($" AND (h.at, h.id) > ({statement.Parameter(last[0], NpgsqlDbType.TimestampTz)}, {statement.Parameter(last[1], NpgsqlDbType.Uuid)})");
        }

        statement.Append($" ORDER BY h.at, h.id LIMIT {statement.Parameter(limit + 1, NpgsqlDbType.Integer)}");
        return session.ExecuteAsync([statement], async (reader, token) =>
        {
            var entries = new List<StageChange>();
            while (await reader.ReadAsync(token))
            {
                entries.Add(new StageChange
                {
                    At = reader.GetFieldValue<DateTimeOffset>(0),
                    Id = reader.GetGuid(1),
                    DealId = dealId,
                    FromStageId = reader.IsDBNull(2) ? null : reader.GetGuid(2),
                    ToStageId = reader.GetGuid(3),
                });
            }

            if (entries.Count <= limit)
                return new StageHistoryPage(entries, null);
            entries.RemoveAt(limit);
            return new StageHistoryPage(entries, cursors.Encode(tenantId, binding, [entries[^1].At.UtcDateTime, entries[^1].Id]));
        }, cancellationToken);
    }
}
