using Crm.Application.Records;
using Crm.Domain.Contacts;
using NpgsqlTypes;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>Keeps the one-row-per-value tables of list fields true to the record, in the statement that writes the record.</summary>
internal static class ValueRows
{
    /// <summary>CTEs that write the rows of a new record.</summary>
    public static string Insert(SqlStatement statement, Field field, object? value, string source) =>
        $", {field.ValueTable}_added AS (INSERT INTO {field.ValueTable} (tenant_id, value, record_id) "
        + $"SELECT {SqlStatement.Tenant}, v.value, {source}.id FROM {source}, unnest({Values(statement, value)}) AS v(value) ON CONFLICT DO NOTHING)";

    /// <summary>CTEs that replace the rows of a changed record.</summary>
    public static string Replace(SqlStatement statement, Field field, object? value, string source) =>
        $", {field.ValueTable}_removed AS (DELETE FROM {field.ValueTable} v USING {source} WHERE v.tenant_id = {SqlStatement.Tenant} "
        + $"AND v.record_id = {source}.id AND v.value <> ALL({Values(statement, value)}))"
        + Insert(statement, field, value, source);

    private static string Values(SqlStatement statement, object? value)
    {
        var texts = value switch
        {
            IEnumerable<ContactPoint> points => points.Select(p => p.Value.ToLowerInvariant()),
            IEnumerable<string> list => list,
            _ => [],
        };
        return statement.Parameter(texts.Distinct().ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);
    }
}
