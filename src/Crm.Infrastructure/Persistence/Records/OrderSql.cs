using Crm.Application.Records;
using NpgsqlTypes;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>
/// The order of a list and the condition "behind the cursor". The id breaks ties in the direction of the last key. Where no key can be
/// NULL and all go the same way the condition is one row comparison, which an index serves at any depth.
/// </summary>
internal sealed class OrderSql
{
    private readonly List<Key> _keys = [];

    public OrderSql(IReadOnlyList<SortKey> sort, RecordType type, JoinPlan joins)
    {
        foreach (var key in sort)
        {
            var (alias, table) = joins.Follow(type, key.Path.Relations);
            var columns = table[key.Path.Field];
            var column = columns.Folded ?? columns.Value;
            _keys.Add(new Key($"{alias}.{column.Name}", key.Path.Field.Kind, column.Type, column.Nullable || key.Path.Relations.Count > 0, key.Descending));
        }

        _keys.Add(new Key($"{JoinPlan.Root}.id", FieldKind.Id, NpgsqlDbType.Uuid, Nullable: false, _keys.Count > 0 && _keys[^1].Descending));
    }

    /// <summary>The kinds of the keys, the id included.</summary>
    public IReadOnlyList<FieldKind> Kinds => [.. _keys.Select(k => k.Kind)];

    /// <summary>The ORDER BY list. Missing values come last either way.</summary>
    public string OrderBy => string.Join(", ", _keys.Select(k => k.Column + (k.Descending ? k.Nullable ? " DESC NULLS LAST" : " DESC" : "")));

    /// <summary>The keys' columns, the id included.</summary>
    public IEnumerable<string> Columns => _keys.Select(k => k.Column);

    /// <summary>The condition that a row comes behind another one.</summary>
    public string Behind(SqlStatement statement, IReadOnlyList<object?> values)
    {
        if (_keys.TrueForAll(k => !k.Nullable && k.Descending == _keys[0].Descending))
        {
            var row = string.Join(", ", _keys.Select((k, i) => statement.Parameter(values[i], k.Type)));
            return $"({string.Join(", ", _keys.Select(k => k.Column))}) {(_keys[0].Descending ? "<" : ">")} ({row})";
        }

        var alternatives = new List<string>();
        for (var i = 0; i < _keys.Count; i++)
        {
            // Nothing comes behind a missing value but another missing one, which the next key decides.
            if (values[i] is null)
                continue;
            var equal = _keys.Take(i).Select((k, j) => values[j] is null ? $"{k.Column} IS NULL" : $"{k.Column} = {statement.Parameter(values[j], k.Type)}");
            var key = _keys[i];
            var further = $"{key.Column} {(key.Descending ? "<" : ">")} {statement.Parameter(values[i], key.Type)}";
            alternatives.Add($"({string.Join(" AND ", equal.Append(key.Nullable ? $"({further} OR {key.Column} IS NULL)" : further))})");
        }

        return $"({string.Join(" OR ", alternatives)})";
    }

    private sealed record Key(string Column, FieldKind Kind, NpgsqlDbType Type, bool Nullable, bool Descending);
}
