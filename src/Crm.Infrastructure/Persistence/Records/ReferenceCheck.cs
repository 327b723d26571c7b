using Crm.Application.Records;
using Crm.Domain.Common;
using NpgsqlTypes;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>
/// Sees to it that records refer to live records only. A foreign key alone would accept one in the trash, and tells one fault at a time.
/// </summary>
internal sealed class ReferenceCheck(TenantSession session, RecordTables tables)
{
    /// <summary>The condition that a reference is empty or its record is live.</summary>
    /// <param name="relation">The relation.</param>
    /// <param name="key">An expression for the key.</param>
    /// <returns>A boolean expression.</returns>
    public string Exists(Relation relation, string key) =>
        $"({key} IS NULL OR EXISTS (SELECT 1 FROM {tables[relation.Target].Name} x WHERE x.tenant_id = {SqlStatement.Tenant} AND x.id = {key} AND x.deleted_at IS NULL))";

    /// <summary>Refuses references that lead nowhere.</summary>
    /// <param name="keys">The references.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>A task that ends when all are found.</returns>
    /// <exception cref="InvalidException">Some lead nowhere; all are told.</exception>
    public async Task DemandAsync(IEnumerable<(Relation Relation, Guid? Key)> keys, CancellationToken cancellationToken)
    {
        var missing = await FindMissingAsync(keys, cancellationToken);
        if (missing.Count > 0)
            throw RecordErrors.MissingReferences(missing);
    }

    /// <summary>Explains why a write that depends on its references wrote nothing.</summary>
    /// <param name="keys">The references.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The exception to throw, naming all that are missing.</returns>
    public async Task<CrmException> MissingAsync(IEnumerable<(Relation Relation, Guid? Key)> keys, CancellationToken cancellationToken)
    {
        var missing = await FindMissingAsync(keys, cancellationToken);

        // What was missing a moment ago may have been restored since.
        return missing.Count == 0 ? DatabaseErrors.ConcurrentChange() : RecordErrors.MissingReferences(missing);
    }

    private async Task<List<RecordField>> FindMissingAsync(IEnumerable<(Relation Relation, Guid? Key)> keys, CancellationToken cancellationToken)
    {
        var asked = keys.Where(k => k.Key is not null).ToList();
        if (asked.Count == 0)
            return [];

        var statement = new SqlStatement(session.Tenant.TenantId);
        statement.Append($"SELECT {string.Join(", ", asked.Select(k => Exists(k.Relation, statement.Parameter(k.Key, NpgsqlDbType.Uuid))))}");
        return await session.ExecuteAsync([statement], async (reader, token) =>
        {
            await reader.ReadAsync(token);
            return asked.Where((_, i) => !reader.GetBoolean(i)).Select(k => k.Relation.Key).ToList();
        }, cancellationToken);
    }
}
