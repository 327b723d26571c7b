using System.Globalization;
using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.Common;
using NpgsqlTypes;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>
/// Sees to it that records refer to live records only, and not in a circle where they form a hierarchy. A foreign key alone would accept
/// one in
/// the trash, and tells one fault at a time.
/// </summary>
[Transient]
internal sealed class ReferenceCheck(TenantSession session, RecordTables tables, ICaller caller)
{
    /// <summary>
    /// The condition that a reference is empty or its record is live. One that cannot be empty holds its record until the transaction ends,
    /// so
    /// that it cannot be put in the trash behind the back of the record that refers to it; the foreign key takes the same lock afterwards.
    /// </summary>
    public string Exists(Relation relation, string key) => Exists(relation, key, "");

    /// <summary>
    /// The condition that a reference is empty or its record is live and the caller's to read; holds the record as <see
    /// cref="Exists(Relation, string)"/> does.
    /// </summary>
    public string ExistsForCaller(SqlStatement statement, Relation relation, string key) => Exists(relation, key, statement.AndReadable(caller.Grants, relation.Target, "x"));

    /// <summary>
    /// Statements to run before a write that sets references of a hierarchy: writes of one tenant's hierarchy wait for one another, because
    /// two that look at the same moment could make a circle together.
    /// </summary>
    public IReadOnlyList<SqlStatement> Hold(IEnumerable<(Relation Relation, Guid? Key)> keys) =>
    [
        .. Hierarchies(keys).Select(k => new SqlStatement(session.Tenant.TenantId)
            .Append($"SELECT pg_advisory_xact_lock(hashtextextended({SqlStatement.Tenant}::text, hashtext('{tables[k.Relation.Target].Name}')))")),
    ];

    /// <summary>
    /// The condition that a record fits below another: it does not stand above itself then, and neither it nor what stands below it has too
    /// many
    /// above. Records in the trash count, because they may be restored.
    /// </summary>
    public string Fits(Relation relation, string? id, string parent)
    {
        var table = tables[relation.Target];
        var (name, key, levels) = (table.Name, table[relation.Key].Value.Name, relation.Key.Levels!.Value.ToString(CultureInfo.InvariantCulture));
        var above = $"above(id, next, level) AS (SELECT x.id, x.{key}, 1 FROM {name} x WHERE x.tenant_id = {SqlStatement.Tenant} AND x.id = {parent} "
            + $"UNION ALL SELECT x.id, x.{key}, a.level + 1 FROM above a JOIN {name} x ON x.tenant_id = {SqlStatement.Tenant} AND x.id = a.next WHERE a.level <= {levels}{(id is null ? "" : $" AND a.id <> {id}")})";
        if (id is null)
            return $"(WITH RECURSIVE {above} SELECT count(*) <= {levels} FROM above)";
        return $"(WITH RECURSIVE {above}, "
            + $"below(id, level) AS (SELECT {id}, 0 "
            + $"UNION ALL SELECT x.id, b.level + 1 FROM below b JOIN {name} x ON x.tenant_id = {SqlStatement.Tenant} AND x.{key} = b.id WHERE b.level <= {levels}) "
            + $"SELECT NOT EXISTS (SELECT 1 FROM above WHERE id = {id}) AND coalesce((SELECT max(level) FROM above), 0) + (SELECT max(level) FROM below) <= {levels})";
    }

    /// <summary>Refuses references that lead nowhere.</summary>
    /// <exception cref="InvalidException">Some lead nowhere; all are told.</exception>
    public async Task DemandAsync(IEnumerable<(Relation Relation, Guid? Key)> keys, CancellationToken cancellationToken)
    {
        var missing = await FindMissingAsync(keys, cancellationToken);
        if (missing.Count > 0)
            throw RecordErrors.MissingReferences(missing);
    }

    /// <summary>Explains why a write that depends on its references wrote nothing.</summary>
    public async Task<CrmException> RefusalAsync(Guid? id, IReadOnlyList<(Relation Relation, Guid? Key)> keys, CancellationToken cancellationToken)
    {
        var missing = await FindMissingAsync(keys, cancellationToken);
        if (missing.Count > 0)
            return RecordErrors.MissingReferences(missing);
        foreach (var (relation, key) in Hierarchies(keys))
        {
            if (!await FitsAsync(relation, id, key, cancellationToken))
                return RecordErrors.NotAHierarchy(relation.Target, relation.Key);
        }

        // What was missing a moment ago may have been restored since.
        return DatabaseErrors.ConcurrentChange();
    }

    private string Exists(Relation relation, string key, string readable) =>
        $"({key} IS NULL OR EXISTS (SELECT 1 FROM {tables[relation.Target].Name} x WHERE x.tenant_id = {SqlStatement.Tenant} AND x.id = {key} AND x.deleted_at IS NULL{readable}{(relation.Key.Nullable ? "" : " FOR KEY SHARE")}))";

    private static IEnumerable<(Relation Relation, Guid? Key)> Hierarchies(IEnumerable<(Relation Relation, Guid? Key)> keys) =>
        keys.Where(k => k.Relation.Key.Levels is not null && k.Key is not null);

    private Task<bool> FitsAsync(Relation relation, Guid? id, Guid? parent, CancellationToken cancellationToken)
    {
        var statement = new SqlStatement(session.Tenant.TenantId);
        var record = id is null ? null : statement.Parameter(id, NpgsqlDbType.Uuid);
        statement.Append($"SELECT {Fits(relation, record, statement.Parameter(parent, NpgsqlDbType.Uuid))}");
        return session.ExecuteAsync([statement], async (reader, token) => await reader.ReadAsync(token) && reader.GetBoolean(0), cancellationToken);
    }

    private async Task<List<Field>> FindMissingAsync(IEnumerable<(Relation Relation, Guid? Key)> keys, CancellationToken cancellationToken)
    {
        var asked = keys.Where(k => k.Key is not null).ToList();
        if (asked.Count == 0)
            return [];

        var statement = new SqlStatement(session.Tenant.TenantId);
        statement.Append($"SELECT {string.Join(", ", asked.Select(k => ExistsForCaller(statement, k.Relation, statement.Parameter(k.Key, NpgsqlDbType.Uuid))))}");
        return await session.ExecuteAsync([statement], async (reader, token) =>
        {
            await reader.ReadAsync(token);
            return asked.Where((_, i) => !reader.GetBoolean(i)).Select(k => k.Relation.Key).ToList();
        }, cancellationToken);
    }
}
