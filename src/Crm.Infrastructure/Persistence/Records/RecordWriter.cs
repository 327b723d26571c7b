using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.ChangeLog;
using Crm.Domain.Common;
using NpgsqlTypes;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>
/// Creates and updates: one statement each, which writes the record, its value rows and its change, and answers with the record.
/// </summary>
[Transient]
internal sealed class RecordWriter(TenantSession session, RecordTables tables, ChangeSql changes, ReferenceCheck references, CountedTables counted, ICaller caller, TimeProvider clock)
{
    /// <summary>Writes a new record.</summary>
    public async Task<RecordDocument> CreateAsync(RecordType type, Record record, IReadOnlyList<Entity> companions, CancellationToken cancellationToken)
    {
        SetOwner(type, record);
        record.MarkCreated(Now());
        var table = tables[type];
        var statement = new SqlStatement(session.Tenant.TenantId);
        var values = table.Writes.Select(c => statement.Parameter(c.Read(record), c.Type)).ToList();
        var whole = RecordSelection.Whole(type, RecordView.Of(caller));
        var plan = tables.PlanOf(whole);
        var keys = type.Relations.Select(r => (Relation: r, Key: (Guid?)r.Key.Get(record))).ToList();
        var held = references.Hold(keys);
        if (counted.Admit(type, session) is { } admission)
            held = [admission, .. held];

        // Nothing is inserted when a record referred to is not there or in the trash; what is missing is then found out for the answer.
        statement.Append($"WITH r AS (INSERT INTO {table.Name} (tenant_id, {string.Join(", ", table.Writes.Select(c => c.Name))}) SELECT {SqlStatement.Tenant}, {string.Join(", ", values)}");
        statement.Append(string.Concat(type.Relations.Select((r, i) =>
            $"{(i == 0 ? " WHERE " : " AND ")}{references.ExistsForCaller(statement, r, values[IndexOf(table, r.Key)])}")));
        foreach (var (relation, _) in keys.Where(k => k.Relation.Key.Levels is not null && k.Key is not null))
            statement.Append($" AND {references.Fits(relation, id: null, values[IndexOf(table, relation.Key)])}");
        statement.Append(" RETURNING *)");
        foreach (var field in type.Fields.Where(f => f.ValueTable is not null))
            statement.Append(ValueRows.Insert(statement, field, field.Get(record), "r"));
        for (var i = 0; i < companions.Count; i++)
            statement.Append($", with{i} AS ({Companion(statement, companions[i])})");
        var fields = statement.Parameter(ChangeSql.Created(type, record), NpgsqlDbType.Jsonb);
        statement.Append($", c AS ({changes.Insert(statement, type, ChangeActions.Created, "r", fields)}) SELECT {plan.Columns} FROM r");

        return await session.ExecuteAsync([.. held, statement], async (reader, token) =>
        {
            await RecordReader.SkipAsync(reader, held.Count, token);
            return await RecordReader.ReadOneAsync(reader, plan, token);
        }, cancellationToken) ?? throw await references.RefusalAsync(id: null, keys, cancellationToken);
    }

    /// <summary>Changes the fields sent, if they differ and the version is the expected one.</summary>
    public async Task<RecordDocument> UpdateAsync(
        RecordType type, Guid id, IReadOnlyList<KeyValuePair<Field, object?>> values, int? expectedVersion, CancellationToken cancellationToken)
    {
        var table = tables[type];
        var statement = new SqlStatement(session.Tenant.TenantId);
        var whole = RecordSelection.Whole(type, RecordView.Of(caller));
        var plan = tables.PlanOf(whole);
        var unchanged = tables.PlanOf(whole, "o");
        var assignments = values.SelectMany(v => Assign(statement, table, v.Key, v.Value)).ToList();
        var keys = values.Where(v => v.Key.Relation is not null && v.Value is not null).Select(v => (Relation: v.Key.Relation!, Key: (Guid?)v.Value)).ToList();
        var held = references.Hold(keys);
        var record = statement.Parameter(id, NpgsqlDbType.Uuid);

        statement.Append($"WITH o AS MATERIALIZED (SELECT * FROM {table.Name} WHERE tenant_id = {SqlStatement.Tenant} AND id = {record} AND deleted_at IS NULL{statement.AndReadable(caller.Grants, type, table.Name)} FOR NO KEY UPDATE)");
        statement.Append($", refs AS (SELECT {string.Join(" AND ", keys.Select(k => Demand(statement, k.Relation, record, statement.Parameter(k.Key, NpgsqlDbType.Uuid))).DefaultIfEmpty("true"))} AS ok)");
        var covered = statement.Covered(caller.Grants, "o", type.WritePermission);
        statement.Append($", r AS (UPDATE {table.Name} t SET {string.Join(", ", assignments.Select(a => $"{a.Column} = {a.Value}").Append($"version = o.version + 1, updated_at = {statement.Parameter(Now(), NpgsqlDbType.TimestampTz)}"))}");
        statement.Append($" FROM o, refs WHERE t.tenant_id = {SqlStatement.Tenant} AND t.id = o.id AND refs.ok{(covered == "true" ? "" : $" AND {covered}")}");
        statement.Append(expectedVersion is null ? "" : $" AND o.version = {statement.Parameter(expectedVersion, NpgsqlDbType.Integer)}");
        statement.Append($" AND ({(assignments.Count == 0 ? "false" : string.Join(" OR ", assignments.Select(a => $"o.{a.Column} IS DISTINCT FROM {a.Value}")))}) RETURNING t.*)");
        foreach (var (field, value) in values.Where(v => v.Key.ValueTable is not null))
            statement.Append(ValueRows.Replace(statement, field, value, "r"));
        statement.Append($", d AS (SELECT r.id, r.version, {DifferenceSql(table, values)} AS fields FROM r JOIN o ON o.id = r.id)");
        statement.Append($", c AS ({changes.Insert(statement, type, ChangeActions.Updated, "d", "d.fields")})");

        // The new row when something changed, else the old one; behind it, whether it is the new one, whether the references exist and
        // whether it may be written.
        statement.Append($" SELECT {plan.Columns}, true, true, true FROM r UNION ALL SELECT {unchanged.Columns}, false, refs.ok, {covered} FROM o, refs WHERE NOT EXISTS (SELECT 1 FROM r)");

        var width = plan.Kinds.Count;
        var (document, changed, referencesExist, isCovered) = await session.ExecuteAsync([.. held, statement], async (reader, token) =>
        {
            await RecordReader.SkipAsync(reader, held.Count, token);
            var found = await RecordReader.ReadOneAsync(reader, plan, token);
            return found is null ? (found, false, false, false) : (found, reader.GetBoolean(width), reader.GetBoolean(width + 1), reader.GetBoolean(width + 2));
        }, cancellationToken);
        if (document is null)
            throw RecordErrors.NotFound(type);
        if (changed)
            return document;
        if (!isCovered)
            throw RecordErrors.OutOfScope(type);
        if (expectedVersion is not null && document.Version != expectedVersion)
            throw new StaleVersionException(document);
        return referencesExist ? document : throw await references.RefusalAsync(id, keys, cancellationToken);
    }

    // Who sees only some owners' records would not see its own without one.
    private void SetOwner(RecordType type, Record record)
    {
        var writable = caller.Grants.OwnersFor(type.WritePermission);
        if (record.OwnerId is null && (writable ?? caller.Grants.OwnersFor(type.ReadPermission)) is not null)
            record.OwnerId = caller.UserId;
        if (writable is not null && !writable.Any(owner => owner == record.OwnerId))
            throw RecordErrors.OutOfScope(type);
    }

    private string Demand(SqlStatement statement, Relation relation, string id, string key) =>
        references.ExistsForCaller(statement, relation, key) + (relation.Key.Levels is null ? "" : $" AND {references.Fits(relation, id, key)}");

    private string Companion(SqlStatement statement, Entity entity)
    {
        var (table, columns) = tables.Companion(entity.GetType());
        return $"INSERT INTO {table} (tenant_id, {string.Join(", ", columns.Select(c => c.Name))}) "
            + $"SELECT {SqlStatement.Tenant}, {string.Join(", ", columns.Select(c => statement.Parameter(c.Read(entity), c.Type)))} FROM r";
    }

    private static IEnumerable<(string Column, string Value)> Assign(SqlStatement statement, RecordTable table, Field field, object? value)
    {
        var columns = table[field];
        if (columns.Currency is { } currency)
        {
            var money = (Money?)value;
            yield return (columns.Value.Name, statement.Parameter(money?.Minor, NpgsqlDbType.Bigint));
            yield return (currency.Name, statement.Parameter(money?.Currency, NpgsqlDbType.Text));
        }
        else
        {
            var written = table.Writes.First(w => w.Name == columns.Value.Name);
            yield return (written.Name, statement.Parameter(written.Convert(value), written.Type));
        }
    }

    private static string DifferenceSql(RecordTable table, IReadOnlyList<KeyValuePair<Field, object?>> values) => values.Count == 0
        ? "'{}'::jsonb"
        : string.Join(" || ", values.Select(v =>
        {
            var (value, currency, _) = table[v.Key];
            string Json(string row) => currency is null ? $"to_jsonb({row}.{value.Name})" : $"money_json({row}.{value.Name}, {row}.{currency.Name})";
            return $"CASE WHEN {Json("o")} IS DISTINCT FROM {Json("r")} THEN jsonb_build_object('{v.Key.Name}', jsonb_build_object('from', {Json("o")}, 'to', {Json("r")})) ELSE '{{}}'::jsonb END";
        }));

    private static int IndexOf(RecordTable table, Field key)
    {
        var column = table[key].Value.Name;
        for (var i = 0; i < table.Writes.Count; i++)
        {
            if (table.Writes[i].Name == column)
                return i;
        }

        throw new InvalidOperationException($"{key.Name} is not written.");
    }

    private DateTimeOffset Now() => clock.GetUtcNow();
}
