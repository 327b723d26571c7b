using Crm.Application.Administration;
using Crm.Application.Records;
using Crm.Domain.ChangeLog;
using NpgsqlTypes;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>Changes the owner of many records at once: one statement for each type, which writes the records and their changes.</summary>
[Transient]
internal sealed class Reassignment(TenantSession session, RecordTables tables, ChangeSql changes, TimeProvider clock) : IReassignment
{
    private const int RecordsOfAType = 200;

    private IEnumerable<RecordType> Types => tables.Types.All.Where(t => t.IsHandedOver);

    public Task<long> CountAsync(Guid ownerId, CancellationToken cancellationToken)
    {
        var statement = new SqlStatement(session.Tenant.TenantId);
        var owner = statement.Parameter(ownerId, NpgsqlDbType.Uuid);
        statement.Append($"SELECT ({string.Join(" + ", Types.Select(t => $"(SELECT count(*) FROM {tables[t].Name} WHERE tenant_id = {SqlStatement.Tenant} AND owner_id = {owner})"))})::bigint");
        return session.ExecuteAsync([statement], async (reader, token) =>
        {
            await reader.ReadAsync(token);
            return reader.GetInt64(0);
        }, cancellationToken);
    }

    public Task<Guid?> FindDeactivationAsync(Guid userId, CancellationToken cancellationToken)
    {
        var statement = new SqlStatement(session.Tenant.TenantId);
        statement.Append($"SELECT id FROM changes WHERE tenant_id = {SqlStatement.Tenant} AND record_id = {statement.Parameter(userId, NpgsqlDbType.Uuid)} "
            + $"AND action = '{ChangeActions.Updated}' AND jsonb_exists(fields, 'active') ORDER BY sequence DESC LIMIT 1");
        return session.ExecuteAsync<Guid?>([statement], async (reader, token) => await reader.ReadAsync(token) ? reader.GetGuid(0) : null, cancellationToken);
    }

    public Task<int> MoveAsync(Guid from, Guid to, Guid? cause, CancellationToken cancellationToken) =>
        session.ExecuteAsync([.. Types.Select(type => Move(type, from, to, cause))], async (reader, token) =>
        {
            var moved = 0;
            do
            {
                await reader.ReadAsync(token);
                moved += reader.GetInt32(0);
            }
            while (await reader.NextResultAsync(token));
            return moved;
        }, cancellationToken);

    private SqlStatement Move(RecordType type, Guid from, Guid to, Guid? cause)
    {
        var (table, statement) = (tables[type].Name, new SqlStatement(session.Tenant.TenantId));
        var (before, after) = (statement.Parameter(from, NpgsqlDbType.Uuid), statement.Parameter(to, NpgsqlDbType.Uuid));
        var fields = $"jsonb_build_object('ownerId', jsonb_build_object('from', {before}::uuid, 'to', {after}::uuid))";
        statement.Append($"WITH o AS MATERIALIZED (SELECT id FROM {table} WHERE tenant_id = {SqlStatement.Tenant} AND owner_id = {before} LIMIT {Limits.Constant(RecordsOfAType)} FOR NO KEY UPDATE)");
        statement.Append($", r AS (UPDATE {table} t SET owner_id = {after}, version = t.version + 1, updated_at = {statement.Parameter(clock.GetUtcNow(), NpgsqlDbType.TimestampTz)} "
            + $"FROM o WHERE t.tenant_id = {SqlStatement.Tenant} AND t.id = o.id RETURNING t.id, t.version)");
        statement.Append($", c AS ({changes.Insert(statement, type, ChangeActions.Updated, "r", fields, "gen_random_uuid()", cause)})");
        return statement.Append(" SELECT count(*)::integer FROM r");
    }
}
