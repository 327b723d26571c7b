using Crm.Application.Records;
using Crm.Domain.ChangeLog;
using Crm.Domain.Common;
using NpgsqlTypes;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>Puts records in the trash, takes them out and removes them for good: one trip each, change included.</summary>
internal sealed class RecordTrash(TenantSession session, RecordTables tables, ChangeSql changes, ReferenceCheck references, TimeProvider clock)
{
    /// <summary>Puts a live record in the trash.</summary>
    public async Task DeleteAsync(RecordDescription type, Guid id, int? expectedVersion, CancellationToken cancellationToken)
    {
        var statement = new SqlStatement(session.Tenant.TenantId);
        statement.Append(Locked(statement, type, id, "deleted_at IS NULL"));
        var users = Referring(type).Where(r => !r.Key.Nullable).ToList();
        var inUse = users.Select(r => $"EXISTS (SELECT 1 FROM {tables[r.Type].Name} u WHERE u.tenant_id = {SqlStatement.Tenant} AND u.{tables[r.Type][r.Key].Value.Name} = o.id AND u.deleted_at IS NULL)");
        statement.Append($", guard AS (SELECT {string.Join(" OR ", inUse.Append("false"))} AS in_use FROM o)");
        Mark(statement, type, clock.GetUtcNow(), "NOT guard.in_use", expectedVersion, ChangeActions.Deleted);

        // A statement sees what was committed before it began: one that waits for a record which is about to refer to this one must end
        // before the look for such records begins.
        await EndAsync(users.Count == 0 ? [statement] : [Lock(type, id), statement], type, expectedVersion, "guard", cancellationToken);
    }

    /// <summary>Takes a record out of the trash; what it cannot be without must be live.</summary>
    /// <returns>The record, or <c>null</c> when it is not in the trash.</returns>
    public async Task<RecordDocument?> RestoreAsync(RecordDescription type, Guid id, int? expectedVersion, CancellationToken cancellationToken)
    {
        var statement = new SqlStatement(session.Tenant.TenantId);
        statement.Append(Locked(statement, type, id, "deleted_at IS NOT NULL"));
        var needed = type.Relations.Where(r => !r.Key.Nullable).Select(r => $"NOT {references.Exists(r, $"o.{tables[type][r.Key].Value.Name}")}");
        statement.Append($", guard AS (SELECT {string.Join(" OR ", needed.Append("false"))} AS in_use FROM o)");
        Mark(statement, type, null, "NOT guard.in_use", expectedVersion, ChangeActions.Restored);
        var plan = tables.PlanOf(RecordSelection.Whole(type));
        statement.Append($" SELECT {plan.Columns} FROM r");
        var restored = await session.ExecuteAsync([statement], (reader, token) => RecordReader.ReadOneAsync(reader, plan, token), cancellationToken);
        if (restored is not null)
            return restored;
        if (await FindAsync(type, id, cancellationToken) is not { } trashed)
            return null;
        throw expectedVersion is not null && trashed.Version != expectedVersion ? new StaleVersionException(trashed) : RecordErrors.NeedsLiveRecords(type);
    }

    /// <summary>Removes a record for good and clears every reference to it that can be cleared; each cleared record gets a change of its own.</summary>
    public async Task PurgeAsync(RecordDescription type, Guid id, int? expectedVersion, CancellationToken cancellationToken)
    {
        var statement = new SqlStatement(session.Tenant.TenantId);
        var now = statement.Parameter(clock.GetUtcNow(), NpgsqlDbType.TimestampTz);
        statement.Append(Locked(statement, type, id, "true"));
        statement.Append($", p AS (SELECT id, version FROM o{(expectedVersion is null ? "" : $" WHERE o.version = {statement.Parameter(expectedVersion, NpgsqlDbType.Integer)}")})");
        var i = 0;
        foreach (var (referring, key) in Referring(type).Where(r => r.Key.Nullable))
        {
            var (table, column, cte) = (tables[referring].Name, tables[referring][key].Value.Name, $"n{i++}");
            statement.Append($", {cte} AS (UPDATE {table} u SET {column} = NULL, version = u.version + 1, updated_at = {now} FROM p "
                + $"WHERE u.tenant_id = {SqlStatement.Tenant} AND u.{column} = p.id AND u.id <> p.id RETURNING u.id, u.version, p.id AS was)");
            statement.Append($", {cte}c AS ({changes.Insert(statement, referring, ChangeActions.Updated, cte,
                $"jsonb_build_object('{key.Name}', jsonb_build_object('from', {cte}.was, 'to', NULL))", "gen_random_uuid()")})");
        }

        statement.Append($", d AS (DELETE FROM {tables[type].Name} t USING p WHERE t.tenant_id = {SqlStatement.Tenant} AND t.id = p.id)");
        statement.Append($", c AS ({changes.Insert(statement, type, ChangeActions.Purged, "p", "'{}'::jsonb")})");
        await EndAsync([statement], type, expectedVersion, guard: null, cancellationToken);
    }

    private string Locked(SqlStatement statement, RecordDescription type, Guid id, string condition) =>
        $"WITH o AS MATERIALIZED (SELECT * FROM {tables[type].Name} WHERE tenant_id = {SqlStatement.Tenant} AND id = {statement.Parameter(id, NpgsqlDbType.Uuid)} AND {condition} FOR UPDATE)";

    private void Mark(SqlStatement statement, RecordDescription type, DateTimeOffset? deletedAt, string guard, int? expectedVersion, string action)
    {
        var now = statement.Parameter(clock.GetUtcNow(), NpgsqlDbType.TimestampTz);
        var mark = statement.Parameter(deletedAt, NpgsqlDbType.TimestampTz);
        statement.Append($", r AS (UPDATE {tables[type].Name} t SET deleted_at = {mark}, version = o.version + 1, updated_at = {now} FROM o, guard "
            + $"WHERE t.tenant_id = {SqlStatement.Tenant} AND t.id = o.id AND {guard}");
        statement.Append(expectedVersion is null ? " RETURNING t.*)" : $" AND o.version = {statement.Parameter(expectedVersion, NpgsqlDbType.Integer)} RETURNING t.*)");
        statement.Append(", d AS (SELECT r.id, r.version, jsonb_build_object('deletedAt', jsonb_build_object('from', o.deleted_at, 'to', r.deleted_at)) AS fields FROM r JOIN o ON o.id = r.id)");
        statement.Append($", c AS ({changes.Insert(statement, type, action, "d", "d.fields")})");
    }

    private SqlStatement Lock(RecordDescription type, Guid id)
    {
        var statement = new SqlStatement(session.Tenant.TenantId);
        return statement.Append($"SELECT 1 FROM {tables[type].Name} WHERE tenant_id = {SqlStatement.Tenant} AND id = {statement.Parameter(id, NpgsqlDbType.Uuid)} FOR UPDATE");
    }

    /// <summary>Runs statements of which the last one has locked its record as <c>o</c>, and explains why nothing happened when nothing did.</summary>
    private async Task EndAsync(IReadOnlyList<SqlStatement> statements, RecordDescription type, int? expectedVersion, string? guard, CancellationToken cancellationToken)
    {
        var plan = tables.PlanOf(RecordSelection.Whole(type), "o");
        statements[^1].Append($" SELECT {plan.Columns}{(guard is null ? ", false FROM o" : ", guard.in_use FROM o, guard")}");
        var (before, inUse) = await session.ExecuteAsync(statements, async (reader, token) =>
        {
            await RecordReader.SkipAsync(reader, statements.Count - 1, token);
            var found = await RecordReader.ReadOneAsync(reader, plan, token);
            return (found, found is not null && reader.GetBoolean(plan.Kinds.Count));
        }, cancellationToken);
        if (before is null)
            throw RecordErrors.NotFound(type);
        if (expectedVersion is not null && before.Version != expectedVersion)
            throw new StaleVersionException(before);
        if (inUse)
            throw RecordErrors.InUse(type);
    }

    private Task<RecordDocument?> FindAsync(RecordDescription type, Guid id, CancellationToken cancellationToken)
    {
        var plan = tables.PlanOf(RecordSelection.Whole(type));
        var statement = new SqlStatement(session.Tenant.TenantId);
        statement.Append($"SELECT {plan.Columns} FROM {tables[type].Name} {JoinPlan.Root} WHERE {JoinPlan.Root}.tenant_id = {SqlStatement.Tenant} AND {JoinPlan.Root}.id = {statement.Parameter(id, NpgsqlDbType.Uuid)} AND {JoinPlan.Root}.deleted_at IS NOT NULL");
        return session.ExecuteAsync([statement], (reader, token) => RecordReader.ReadOneAsync(reader, plan, token), cancellationToken);
    }

    private IEnumerable<(RecordDescription Type, RecordField Key)> Referring(RecordDescription type) =>
        tables.Types.All.Where(t => tables[t].Writes.Count > 0).SelectMany(t => t.Relations.Where(r => r.Target == type).Select(r => (t, r.Key)));
}
