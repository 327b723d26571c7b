using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Application.Reports;
using Crm.Domain.Common;
using Npgsql;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>Figures over records: one GROUP BY over the same filters and joins that lists use.</summary>
[Transient]
internal sealed class Aggregates(TenantSession session, RecordTables tables, ICaller caller) : IAggregates
{
    public async Task<AggregateResult> AggregateAsync(AggregateQuery query, CancellationToken cancellationToken)
    {
        var joins = new JoinPlan(tables);
        var statement = new SqlStatement(session.Tenant.TenantId);
        var keys = query.GroupBy.Select(k => KeySql(query.Type, k, joins)).ToList();
        var measures = query.Measures.Select(m => MeasureSql(query.Type, m, joins)).ToList();

        // Amounts of different currencies are never added: the currency is one more key of every amount.
        var currencies = measures.Select(m => m.Currency).OfType<string>().Distinct().ToList();
        var where = RecordReader.Where(query.Type, query.Filter, statement, joins, caller.Grants);
        var groups = keys.Select(k => k.Sql).Concat(currencies).ToList();
        statement.Append($"SELECT {string.Join(", ", groups.Concat(measures.Select(m => m.Sql)))} FROM {tables[query.Type].Name} {JoinPlan.Root}");
        statement.Append(joins.Sql(statement, caller.Grants));
        statement.Append($" WHERE {where}");
        if (groups.Count > 0)
        {
            var places = string.Join(", ", Enumerable.Range(1, groups.Count));
            statement.Append($" GROUP BY {places} ORDER BY {places} LIMIT {Limits.Constant(AggregateQuery.MaxGroups + 1)}");
        }

        var rows = await session.ExecuteAsync([statement], async (reader, token) =>
        {
            var read = new List<AggregateRow>();
            while (await reader.ReadAsync(token))
            {
                var keyValues = keys.Select((k, i) => Value(reader, i, k.Kind)).ToArray();
                var values = measures.Select((m, i) => MeasureValue(reader, groups.Count + i, m, keys.Count + currencies.IndexOf(m.Currency ?? ""))).ToArray();
                read.Add(new AggregateRow(keyValues, values));
            }

            return read;
        }, cancellationToken);
        return rows.Count <= AggregateQuery.MaxGroups ? new AggregateResult(query, rows) : throw ReportErrors.TooManyGroups(AggregateQuery.MaxGroups);
    }

    private static (string Sql, FieldKind Kind) KeySql(RecordType type, GroupKey key, JoinPlan joins)
    {
        var (alias, table) = joins.Follow(type, key.Path.Relations);
        var column = $"{alias}.{table[key.Path.Field].Value.Name}";
        if (key.Bucket is not { } bucket)
            return (column, key.Path.Field.Kind);

        var instant = key.Path.Field.Kind == FieldKind.Timestamp ? $"{column} AT TIME ZONE 'UTC'" : column;
        return ($"date_trunc('{bucket.ToString().ToLowerInvariant()}', {instant})::date", FieldKind.Date);
    }

    private static MeasureColumn MeasureSql(RecordType type, Measure measure, JoinPlan joins)
    {
        if (measure.Op == MeasureOp.Count)
            return new MeasureColumn("count(*)", FigureKind.Whole, null);
        if (measure.Path is not { } path)
        {
            var status = joins.Follow(type, []).Table[type.Field("status")!].Value.Name;
            return new MeasureColumn(
                $"(count(*) FILTER (WHERE {JoinPlan.Root}.{status} = 'won'))::float8 / nullif(count(*) FILTER (WHERE {JoinPlan.Root}.{status} IN ('won', 'lost')), 0)", FigureKind.Fraction, null);
        }

        var (alias, table) = joins.Follow(type, path.Relations);
        var columns = table[path.Field];
        var column = $"{alias}.{columns.Value.Name}";
        var kind = columns.Currency is not null ? FigureKind.Money
            : measure.Op == MeasureOp.Avg ? FigureKind.Fraction
            : path.Field.Kind switch { FieldKind.Date => FigureKind.Date, FieldKind.Timestamp => FigureKind.Timestamp, _ => FigureKind.Whole };
        var sql = measure.Op switch
        {
            MeasureOp.Sum => $"sum({column})",
            MeasureOp.Avg when kind == FigureKind.Money => $"round(avg({column}))",
            MeasureOp.Avg => $"avg({column})::float8",
            MeasureOp.Min => $"min({column})",
            _ => $"max({column})",
        };

        // A sum of amounts may leave the range of a bigint.
        var cast = kind switch { FigureKind.Whole => "::bigint", FigureKind.Money => "::numeric", _ => "" };
        return new MeasureColumn($"({sql}){cast}", kind, columns.Currency is { } currency ? $"{alias}.{currency.Name}" : null);
    }

    private static object? MeasureValue(NpgsqlDataReader reader, int place, MeasureColumn measure, int currencyPlace) => reader.IsDBNull(place) ? null : measure.Kind switch
    {
        FigureKind.Money => new MoneyTotal(reader.GetDecimal(place), reader.GetString(currencyPlace)),
        FigureKind.Fraction => reader.GetDouble(place),
        FigureKind.Date => reader.GetFieldValue<DateOnly>(place),
        FigureKind.Timestamp => reader.GetDateTime(place),
        _ => reader.GetInt64(place),
    };

    private static object? Value(NpgsqlDataReader reader, int place, FieldKind kind) => reader.IsDBNull(place) ? null : RowReader.Value(reader, place, kind);

    private enum FigureKind
    {
        Whole,
        Fraction,
        Money,
        Date,
        Timestamp,
    }

    private sealed record MeasureColumn(string Sql, FigureKind Kind, string? Currency);
}
