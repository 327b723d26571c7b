using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.ChangeLog;
using Crm.Domain.Common;
using NpgsqlTypes;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>Puts records in the trash, takes them out and removes them for good: one trip each, change included.</summary>
[Transient]
internal sealed class RecordTrash(TenantSession session, RecordTables tables, ChangeSql changes, ReferenceCheck references, ICaller caller, TimeProvider clock)
{
    /// <summary>Puts a live record in the trash.</summary>
    public async Task DeleteAsync(RecordType type, Guid id, int? expectedVersion, CancellationToken cancellationToken)
    {
        var statement = new SqlStatement(session.Tenant.TenantId);
        statement.Append(Locked(statement, type, id, "deleted_at IS NULL"));
        var users = Referring(type).Where(r => !r.Key.Nullable).ToList();
        var inUse = users.Select(r => $"EXISTS (SELECT 1 FROM {tables[r.Type].Name} u WHERE u.tenant_id = {SqlStatement.Tenant} AND u.{tables[r.Type][r.Key].Value.Name} = o.id AND u.deleted_at IS NULL)");
        statement.Append($", guard AS (SELECT {string.Join(" OR ", inUse.Append("false"))} AS in_use, {statement.Covered(caller.Grants, "o", type.DeletePermission)} AS covered FROM o)");
        Mark(statement, type, clock.GetUtcNow(), expectedVersion, ChangeActions.Deleted);

        // A statement sees what was committed before it began: one that waits for a record which is about to refer to this one must end
        // before the look for such records begins.
        await EndAsync(users.Count == 0 ? [statement] : [Lock(type, id), statement], type, expectedVersion, cancellationToken);
    }

    /// <summary>Takes a record out of the trash; what it cannot be without must be live.</summary>
    public async Task<RecordDocument?> RestoreAsync(RecordType type, Guid id, int? expectedVersion, CancellationToken cancellationToken)
    {
        var statement = new SqlStatement(session.Tenant.TenantId);
        statement.Append(Locked(statement, type, id, "deleted_at IS NOT NULL"));
        var needed = type.Relations.Where(r => !r.Key.Nullable).Select(r => $"NOT {references.Exists(r, $"o.{tables[type][r.Key].Value.Name}")}");
        statement.Append($", guard AS (SELECT {string.Join(" OR ", needed.Append("false"))} AS in_use, {statement.Covered(caller.Grants, "o", type.DeletePermission)} AS covered FROM o)");
        Mark(statement, type, null, expectedVersion, ChangeActions.Restored);
        var plan = tables.PlanOf(Whole(type));
        statement.Append($" SELECT {plan.Columns} FROM r");
        var restored = await session.ExecuteAsync([statement], (reader, token) => RecordReader.ReadOneAsync(reader, plan, token), cancellationToken);
        if (restored is not null)
            return restored;
        var (trashed, isCovered) = await FindAsync(type, id, cancellationToken);
        if (trashed is null)
            return null;
        if (!isCovered)
            throw RecordErrors.OutOfScope(type);
        throw expectedVersion is not null && trashed.Version != expectedVersion ? new StaleVersionException(trashed) : RecordErrors.NeedsLiveRecords(type);
    }

    /// <summary>
    /// Removes a record for good and clears every reference to it that can be cleared; each cleared record gets a change of its own.
    /// </summary>
    public async Task PurgeAsync(RecordType type, Guid id, int? expectedVersion, CancellationToken cancellationToken)
    {
        var statement = new SqlStatement(session.Tenant.TenantId);
        var now = statement.Parameter(clock.GetUtcNow(), NpgsqlDbType.TimestampTz);
        statement.Append(Locked(statement, type, id, "true"));
        statement.Append($", guard AS (SELECT false AS in_use, {statement.Covered(caller.Grants, "o", type.DeletePermission, type.PurgePermission)} AS covered FROM o)");
        statement.Append($", p AS (SELECT id, version FROM o, guard WHERE guard.covered{(expectedVersion is null ? "" : $" AND o.version = {statement.Parameter(expectedVersion, NpgsqlDbType.Integer)}")})");
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
        await EndAsync([statement], type, expectedVersion, cancellationToken);
    }

    private string Locked(SqlStatement statement, RecordType type, Guid id, string condition) =>
        $"WITH o AS MATERIALIZED (SELECT * FROM {tables[type].Name} WHERE tenant_id = {SqlStatement.Tenant} AND id = {statement.Parameter(id, NpgsqlDbType.Uuid)} AND {condition}{statement.AndReadable(caller.Grants, type, tables[type].Name)} FOR UPDATE)";

    private void Mark(SqlStatement statement, RecordType type, DateTimeOffset? deletedAt, int? expectedVersion, string action)
    {
        var now = statement.Parameter(clock.GetUtcNow(), NpgsqlDbType.TimestampTz);
        var mark = statement.Parameter(deletedAt, NpgsqlDbType.TimestampTz);
        statement.Append($", r AS (UPDATE {tables[type].Name} t SET deleted_at = {mark}, version = o.version + 1, updated_at = {now} FROM o, guard "
            + $"WHERE t.tenant_id = {SqlStatement.Tenant} AND t.id = o.id AND NOT guard.in_use AND guard.covered");
        statement.Append(expectedVersion is null ? " RETURNING t.*)" : $" AND o.version = {statement.Parameter(expectedVersion, NpgsqlDbType.Integer)} RETURNING t.*)");
        statement.Append(", d AS (SELECT r.id, r.version, jsonb_build_object('deletedAt', jsonb_build_object('from', o.deleted_at, 'to', r.deleted_at)) AS fields FROM r JOIN o ON o.id = r.id)");
        statement.Append($", c AS ({changes.Insert(statement, type, action, "d", "d.fields")})");
    }

    private SqlStatement Lock(RecordType type, Guid id)
    {
        var statement = new SqlStatement(session.Tenant.TenantId);
        return statement.Append($"SELECT 1 FROM {tables[type].Name} WHERE tenant_id = {SqlStatement.Tenant} AND id = {statement.Parameter(id, NpgsqlDbType.Uuid)} FOR UPDATE");
    }

    /// <summary>
    /// Runs statements of which the last one has locked its record as <c>o</c> and judged it as <c>guard</c>, and explains why nothing
    /// happened when nothing did.
    /// </summary>
    private async Task EndAsync(IReadOnlyList<SqlStatement> statements, RecordType type, int? expectedVersion, CancellationToken cancellationToken)
    {
        var plan = tables.PlanOf(Whole(type), "o");
        statements[^1].Append($" SELECT {plan.Columns}, guard.in_use, guard.covered FROM o, guard");
        var (before, inUse, isCovered) = await session.ExecuteAsync(statements, async (reader, token) =>
        {
            await RecordReader.SkipAsync(reader, statements.Count - 1, token);
            var found = await RecordReader.ReadOneAsync(reader, plan, token);
            return found is null ? (found, false, false) : (found, reader.GetBoolean(plan.Kinds.Count), reader.GetBoolean(plan.Kinds.Count + 1));
        }, cancellationToken);
        if (before is null)
            throw RecordErrors.NotFound(type);
        if (!isCovered)
            throw RecordErrors.OutOfScope(type);
        if (expectedVersion is not null && before.Version != expectedVersion)
            throw new StaleVersionException(before);
        if (inUse)
            throw RecordErrors.InUse(type);
    }

    private Task<(RecordDocument? Record, bool IsCovered)> FindAsync(RecordType type, Guid id, CancellationToken cancellationToken)
    {
        var plan = tables.PlanOf(Whole(type));
        var statement = new SqlStatement(session.Tenant.TenantId);
        statement.Append($"SELECT {plan.Columns}, {statement.Covered(caller.Grants, JoinPlan.Root, type.DeletePermission)} FROM {tables[type].Name} {JoinPlan.Root} WHERE {JoinPlan.Root}.tenant_id = {SqlStatement.Tenant} AND {JoinPlan.Root}.id = {statement.Parameter(id, NpgsqlDbType.Uuid)} AND {JoinPlan.Root}.deleted_at IS NOT NULL{statement.AndReadable(caller.Grants, type, JoinPlan.Root)}");
        return session.ExecuteAsync([statement], async (reader, token) =>
        {
            var found = await RecordReader.ReadOneAsync(reader, plan, token);
            return (found, found is not null && reader.GetBoolean(plan.Kinds.Count));
        }, cancellationToken);
    }

    private RecordSelection Whole(RecordType type) => RecordSelection.Whole(type, RecordView.Of(caller));

    private IEnumerable<(RecordType Type, Field Key)> Referring(RecordType type) =>
        tables.Types.All.Where(t => tables[t].Writes.Count > 0).SelectMany(t => t.Relations.Where(r => r.Target == type).Select(r => (t, r.Key)));
}
