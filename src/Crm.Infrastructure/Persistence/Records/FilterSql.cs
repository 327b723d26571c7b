using Crm.Application.Records;
using Crm.Domain.Common;
using NpgsqlTypes;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>Compiles a filter to SQL. Comparisons are those that an index serves under row-level security wherever there is one.</summary>
internal sealed class FilterSql(SqlStatement statement, JoinPlan joins, RecordType type)
{
    /// <summary>Compiles a filter.</summary>
    public string Compile(FilterNode node) => node switch
    {
        AllOf all => all.Parts.Count == 0 ? "true" : $"({string.Join(" AND ", all.Parts.Select(Compile))})",
        AnyOf any => any.Parts.Count == 0 ? "false" : $"({string.Join(" OR ", any.Parts.Select(Compile))})",
        Not not => $"({Compile(not.Part)}) IS NOT TRUE",
        Condition condition => Compile(condition),
        _ => throw new InvalidOperationException($"There is no SQL for {node.GetType().Name}."),
    };

    /// <summary>Whether a filter asks about the trash, so that the trash must not be hidden from it.</summary>
    public static bool AsksForTrash(FilterNode? node) => node switch
    {
        AllOf all => all.Parts.Any(AsksForTrash),
        AnyOf any => any.Parts.Any(AsksForTrash),
        Not not => AsksForTrash(not.Part),
        Condition { Path: { Relations.Count: 0, Field.Name: "deletedAt" } } => true,
        _ => false,
    };

    private string Compile(Condition condition)
    {
        var (alias, table) = joins.Follow(type, condition.Path.Relations);
        var field = condition.Path.Field;
        var columns = table[field];
        if (field.ValueTable is { } values)
            return OfList(condition, alias, values);
        if (condition.Operator == FilterOperator.IsNull)
            return $"{alias}.{columns.Value.Name} IS {((bool)condition.Values[0] ? "" : "NOT ")}NULL";
        if (field.Kind == FieldKind.Money)
            return OfMoney(condition, alias, columns);

        var column = $"{alias}.{columns.Value.Name}";
        var mayBeNull = columns.Value.Nullable || condition.Path.Relations.Count > 0;
        string One(int i) => statement.Parameter(condition.Values[i], columns.Value.Type);
        return condition.Operator switch
        {
            FilterOperator.Eq when columns.Folded is { } folded => EqualBothWays(column, $"{alias}.{folded.Name}", One(0)),
            FilterOperator.Eq => $"{column} = {One(0)}",
            FilterOperator.Ne => mayBeNull ? $"{column} IS DISTINCT FROM {One(0)}" : $"{column} <> {One(0)}",
            FilterOperator.In => $"{column} = ANY({Many(condition.Values, columns.Value.Type)})",
            FilterOperator.Nin => mayBeNull
                ? $"({column} IS NULL OR {column} <> ALL({Many(condition.Values, columns.Value.Type)}))"
                : $"{column} <> ALL({Many(condition.Values, columns.Value.Type)})",
            FilterOperator.Lt => $"{column} < {One(0)}",
            FilterOperator.Lte => $"{column} <= {One(0)}",
            FilterOperator.Gt => $"{column} > {One(0)}",
            FilterOperator.Gte => $"{column} >= {One(0)}",
            FilterOperator.Between => $"{column} BETWEEN {One(0)} AND {One(1)}",

            // ^@ is leakproof and served by an index in C collation; LIKE is neither. strpos knows no wildcards to escape.
            FilterOperator.StartsWith => $"{Folded(alias, columns)} ^@ lower({One(0)})",
            FilterOperator.Contains => $"strpos({Folded(alias, columns)}, lower({One(0)})) > 0",
            _ => throw new InvalidOperationException($"{condition.Operator} does not apply to {condition.Path.Text}."),
        };
    }

    // The index stands on the twin; what is equal is equal in lower case too, so the second condition costs nothing and finds it.
    private static string EqualBothWays(string column, string folded, string value) => $"({column} = {value} AND {folded} = lower({value}))";

    private static string Folded(string alias, FieldColumns columns) =>
        columns.Folded is { } folded ? $"{alias}.{folded.Name}" : $"lower({alias}.{columns.Value.Name})";

    private string OfMoney(Condition condition, string alias, FieldColumns columns)
    {
        string Compare(string comparison, object value)
        {
            var money = (Money)value;
            return $"({alias}.{columns.Value.Name} {comparison} {statement.Parameter(money.Minor, NpgsqlDbType.Bigint)} "
                + $"AND {alias}.{columns.Currency!.Name} = {statement.Parameter(money.Currency, NpgsqlDbType.Text)})";
        }

        string AnyEqual() => condition.Values.Count == 0 ? "false" : $"({string.Join(" OR ", condition.Values.Select(v => Compare("=", v)))})";
        return condition.Operator switch
        {
            FilterOperator.Eq => Compare("=", condition.Values[0]),
            FilterOperator.Ne => $"{Compare("=", condition.Values[0])} IS NOT TRUE",
            FilterOperator.In => AnyEqual(),
            FilterOperator.Nin => $"{AnyEqual()} IS NOT TRUE",
            FilterOperator.Lt => Compare("<", condition.Values[0]),
            FilterOperator.Lte => Compare("<=", condition.Values[0]),
            FilterOperator.Gt => Compare(">", condition.Values[0]),
            FilterOperator.Gte => Compare(">=", condition.Values[0]),
            FilterOperator.Between => $"({Compare(">=", condition.Values[0])} AND {Compare("<=", condition.Values[1])})",
            _ => throw new InvalidOperationException($"{condition.Operator} does not apply to {condition.Path.Text}."),
        };
    }

    private string OfList(Condition condition, string alias, string values)
    {
        var rows = $"FROM {values} v WHERE v.tenant_id = {SqlStatement.Tenant}";
        if (condition.Operator == FilterOperator.IsNull)
            return $"{((bool)condition.Values[0] ? "NOT " : "")}EXISTS (SELECT 1 {rows} AND v.record_id = {alias}.id)";

        var wanted = condition.Values.Distinct().ToList();
        var list = Many(wanted, NpgsqlDbType.Text);
        return condition.Operator == FilterOperator.Any
            ? $"{alias}.id IN (SELECT v.record_id {rows} AND v.value = ANY({list}))"
            : $"(SELECT count(*) {rows} AND v.record_id = {alias}.id AND v.value = ANY({list})) = {statement.Parameter((long)wanted.Count, NpgsqlDbType.Bigint)}";
    }

    private string Many(IReadOnlyList<object> values, NpgsqlDbType type) => statement.Parameter(type switch
    {
        NpgsqlDbType.Uuid => values.Cast<Guid>().ToArray(),
        NpgsqlDbType.Integer => values.Cast<int>().ToArray(),
        NpgsqlDbType.Boolean => values.Cast<bool>().ToArray(),
        NpgsqlDbType.Date => values.Cast<DateOnly>().ToArray(),
        NpgsqlDbType.TimestampTz => values.Cast<DateTimeOffset>().ToArray(),
        _ => values.Cast<string>().ToArray(),
    }, NpgsqlDbType.Array | type);
}
