using Crm.Application.Authorization;
using Crm.Application.Records;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>The reading half of the record engine.</summary>
[Transient]
internal sealed class RecordReader(TenantSession session, RecordTables tables, CursorCodec cursors, ICaller caller)
{
    /// <summary>How far an estimated count counts.</summary>
    public const int CountCap = 10_000;

    /// <summary>Reads one live record of those the caller may read.</summary>
    public Task<RecordDocument?> FindAsync(Guid id, RecordSelection selection, CancellationToken cancellationToken) =>
        FindAsync(id, selection, caller.Grants, cancellationToken);

    /// <summary>Reads one live record, whoever owns it.</summary>
    public Task<RecordDocument?> FindOfAnyOwnerAsync(Guid id, RecordSelection selection, CancellationToken cancellationToken) =>
        FindAsync(id, selection, RecordGrants.Full, cancellationToken);

    /// <summary>Locks one live record for the running transaction.</summary>
    public Task<(int Version, bool IsCovered)?> HoldAsync(RecordType type, Guid id, CancellationToken cancellationToken)
    {
        var statement = new SqlStatement(session.Tenant.TenantId);
        statement.Append($"SELECT version, {statement.Covered(caller.Grants, "r", type.WritePermission)} FROM {tables[type].Name} r WHERE r.tenant_id = {SqlStatement.Tenant} AND r.id = {statement.Parameter(id, NpgsqlDbType.Uuid)} AND r.deleted_at IS NULL");
        statement.Append(statement.AndReadable(caller.Grants, type, "r")).Append(" FOR NO KEY UPDATE");
        return session.ExecuteAsync<(int, bool)?>([statement], async (reader, token) => await reader.ReadAsync(token) ? (reader.GetInt32(0), reader.GetBoolean(1)) : null, cancellationToken);
    }

    /// <summary>Whether a permission covers a record; does not ask the database where it covers all.</summary>
    public async Task<bool> CoversAsync(RecordType type, Guid id, string permission, CancellationToken cancellationToken)
    {
        if (caller.Grants.OwnersFor(permission) is null)
            return true;
        var statement = new SqlStatement(session.Tenant.TenantId);
        statement.Append($"SELECT {statement.Covered(caller.Grants, "r", permission)} FROM {tables[type].Name} r WHERE r.tenant_id = {SqlStatement.Tenant} AND r.id = {statement.Parameter(id, NpgsqlDbType.Uuid)}");
        return await session.ExecuteAsync([statement], async (reader, token) => await reader.ReadAsync(token) && reader.GetBoolean(0), cancellationToken);
    }

    /// <summary>Reads one page, and the count when asked for, in one round trip.</summary>
    public Task<RecordPage> ListAsync(RecordQuery query, CancellationToken cancellationToken)
    {
        var plan = tables.PlanOf(query.Selection);
        var joins = plan.Joins.Copy();
        var statement = new SqlStatement(session.Tenant.TenantId);
        var where = Where(query.Type, query.Filter, statement, joins, caller.Grants);
        var order = new OrderSql(query.Sort, query.Type, joins);
        if (query.Cursor is not null)
        {
            var keys = cursors.Decode(session.Tenant.TenantId, QueryFingerprint.Of(query), query.Cursor, order.Kinds) ?? throw RecordErrors.InvalidCursor();
            where += " AND " + order.Behind(statement, keys);
        }

        var (columns, kinds, keyPlaces) = plan.With(order);
        statement.Append("SELECT ").Append(columns).Append($" FROM {tables[query.Type].Name} {JoinPlan.Root}");
        statement.Append(joins.Sql(statement, caller.Grants));

        // One row more than asked for tells whether there is a next page.
        statement.Append($" WHERE {where} ORDER BY {order.OrderBy} LIMIT {Limits.Rows(statement, query.Limit + 1)}");
        SqlStatement[] statements = query.Count == CountMode.None ? [statement] : [statement, CountStatement(query)];
        return session.ExecuteAsync(statements, async (reader, token) =>
        {
            var rows = new List<object?[]>(query.Limit + 1);
            while (await reader.ReadAsync(token))
                rows.Add(RowReader.Read(reader, kinds));

            var count = query.Count == CountMode.None ? null : await ReadCountAsync(reader, query.Count, token);
            return ToPage(query, plan.Shape, rows, keyPlaces, count);
        }, cancellationToken);
    }

    /// <summary>Makes a page of rows, of which there is one more than asked for when there is a next page.</summary>
    public RecordPage ToPage(RecordQuery query, RecordShape shape, List<object?[]> rows, IReadOnlyList<int> keyPlaces, RecordCount? count)
    {
        var hasMore = rows.Count > query.Limit;
        if (hasMore)
            rows.RemoveAt(query.Limit);
        var next = hasMore ? cursors.Encode(session.Tenant.TenantId, QueryFingerprint.Of(query), [.. keyPlaces.Select(p => rows[^1][p])]) : null;
        return new RecordPage([.. rows.Select(row => new RecordDocument(shape, row))], next, count);
    }

    /// <summary>
    /// The condition that restricts a statement to the tenant's records that the caller may read and that fulfil a filter.
    /// </summary>
    public static string Where(RecordType type, FilterNode? filter, SqlStatement statement, JoinPlan joins, RecordGrants grants)
    {
        var conditions = new List<string> { $"{JoinPlan.Root}.tenant_id = {SqlStatement.Tenant}{statement.AndReadable(grants, type, JoinPlan.Root)}" };
        if (!FilterSql.AsksForTrash(filter))
            conditions.Add($"{JoinPlan.Root}.deleted_at IS NULL");
        if (filter is not null)
            conditions.Add(new FilterSql(statement, joins, type).Compile(filter));
        return string.Join(" AND ", conditions);
    }

    /// <summary>Passes by the answers of statements that only hold something.</summary>
    public static async Task SkipAsync(NpgsqlDataReader reader, int statements, CancellationToken cancellationToken)
    {
        for (var i = 0; i < statements; i++)
            await reader.NextResultAsync(cancellationToken);
    }

    /// <summary>Reads the one row that a statement answers with, if any.</summary>
    public static async Task<RecordDocument?> ReadOneAsync(NpgsqlDataReader reader, SelectPlan plan, CancellationToken cancellationToken) =>
        await reader.ReadAsync(cancellationToken) ? new RecordDocument(plan.Shape, RowReader.Read(reader, plan.Kinds)) : null;

    private Task<RecordDocument?> FindAsync(Guid id, RecordSelection selection, RecordGrants grants, CancellationToken cancellationToken)
    {
        var plan = tables.PlanOf(selection);
        var statement = ReferenceEquals(grants, RecordGrants.Full) ? SqlStatement.Finished(plan.Find, session.Tenant.TenantId) : new SqlStatement(session.Tenant.TenantId);
        var record = statement.Parameter(id, NpgsqlDbType.Uuid);
        if (!ReferenceEquals(grants, RecordGrants.Full))
        {
            statement.Append($"SELECT {plan.Columns} FROM {tables[selection.Type].Name} {JoinPlan.Root}{plan.Joins.Sql(statement, grants)} WHERE {JoinPlan.Root}.tenant_id = {SqlStatement.Tenant}");
            statement.Append($" AND {JoinPlan.Root}.id = {record} AND {JoinPlan.Root}.deleted_at IS NULL{statement.AndReadable(grants, selection.Type, JoinPlan.Root)}");
        }

        return session.ExecuteAsync([statement], (reader, token) => ReadOneAsync(reader, plan, token), cancellationToken);
    }

    private SqlStatement CountStatement(RecordQuery query)
    {
        var joins = new JoinPlan(tables);
        var statement = new SqlStatement(session.Tenant.TenantId);
        var where = Where(query.Type, query.Filter, statement, joins, caller.Grants);
        statement.Append(query.Count == CountMode.Exact ? "SELECT count(*) FROM " : "SELECT count(*) FROM (SELECT 1 FROM ");
        statement.Append($"{tables[query.Type].Name} {JoinPlan.Root}");
        statement.Append(joins.Sql(statement, caller.Grants));
        statement.Append($" WHERE {where}");
        if (query.Count == CountMode.Estimated)
            statement.Append($" LIMIT {Limits.Constant(CountCap + 1)}) capped");
        return statement;
    }

    private static async Task<RecordCount> ReadCountAsync(NpgsqlDataReader reader, CountMode mode, CancellationToken cancellationToken)
    {
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var value = reader.GetInt64(0);
        return mode == CountMode.Estimated && value > CountCap ? new RecordCount(CountCap, "gte") : new RecordCount(value, "eq");
    }
}
