using Crm.Application.Authorization;
using Crm.Application.Deals;
using Crm.Application.Records;
using NpgsqlTypes;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>
/// Reads the first cards of all columns by one lateral join: each column is an ordered scan of the board's index that ends at the limit.
/// </summary>
[Transient]
internal sealed class DealBoard(TenantSession session, RecordTables tables, RecordReader records, ICaller caller) : IDealBoard
{
    public Task<IReadOnlyDictionary<Guid, RecordPage>> FirstCardsAsync(RecordQuery query, IReadOnlyList<Guid> stageIds, CancellationToken cancellationToken)
    {
        var table = tables[query.Type];
        var stageColumn = table[query.Type.Field("stageId")!].Value.Name;
        var statement = new SqlStatement(session.Tenant.TenantId);
        var stages = statement.Parameter(stageIds.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Uuid);

        var inner = new JoinPlan(tables);
        var where = RecordReader.Where(query.Type, query.Filter, statement, inner, caller.Grants);
        var order = new OrderSql(query.Sort, query.Type, inner);
        var plan = tables.PlanOf(query.Selection);
        var (columns, kinds, keys) = plan.With(order);

        statement.Append($"SELECT {columns}, s.id FROM unnest({stages}) AS s(id) CROSS JOIN LATERAL (SELECT {JoinPlan.Root}.* FROM {table.Name} {JoinPlan.Root}");
        statement.Append(inner.Sql(statement, caller.Grants));
        statement.Append($" WHERE {where} AND {JoinPlan.Root}.{stageColumn} = s.id ORDER BY {order.OrderBy} LIMIT {Limits.Rows(statement, query.Limit + 1)}) {JoinPlan.Root}");
        statement.Append(plan.Joins.Sql(statement, caller.Grants));
        statement.Append($" ORDER BY s.id, {order.OrderBy}");

        return session.ExecuteAsync([statement], async (reader, token) =>
        {
            var cards = stageIds.ToDictionary(id => id, _ => new List<object?[]>());
            while (await reader.ReadAsync(token))
                cards[reader.GetGuid(kinds.Count)].Add(RowReader.Read(reader, kinds));

            return (IReadOnlyDictionary<Guid, RecordPage>)cards.ToDictionary(c => c.Key, c => records.ToPage(BoardQuery.OfStage(query, c.Key), plan.Shape, c.Value, keys, null));
        }, cancellationToken);
    }
}
