using System.Globalization;
using System.Text;
using Crm.Application.Authorization;
using Crm.Application.Records;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>The related tables a statement needs, each joined once whoever asks for it.</summary>
internal sealed class JoinPlan(RecordTables tables, string root = JoinPlan.Root)
{
    /// <summary>The alias of the record's own table unless another is chosen.</summary>
    public const string Root = "r";

    private readonly List<(string Path, string Alias, RecordType Type, string Sql)> _joins = [];

    /// <summary>A copy to which further joins can be added.</summary>
    public JoinPlan Copy()
    {
        var copy = new JoinPlan(tables, root);
        copy._joins.AddRange(_joins);
        return copy;
    }

    /// <summary>The alias under which a path of relations can be reached.</summary>
    public (string Alias, RecordTable Table) Follow(RecordType type, IReadOnlyList<Relation> relations)
    {
        var (alias, table, path) = (root, tables[type], "");
        foreach (var relation in relations)
        {
            var target = tables[relation.Target];
            path = $"{path}.{relation.Name}";
            alias = AliasOf(path) ?? Join(path, alias, table[relation.Key].Value.Name, target);
            table = target;
        }

        return (alias, table);
    }

    /// <summary>
    /// The joins, to stand right behind the FROM; to be read when all paths have been followed. A related record that the caller may not
    /// read is not
    /// joined, so that it is absent for whatever looks at it.
    /// </summary>
    public string Sql(SqlStatement statement, RecordGrants grants)
    {
        if (_joins.Count == 0)
            return "";
        var sql = new StringBuilder();
        foreach (var join in _joins)
            sql.Append(join.Sql).Append(statement.AndReadable(grants, join.Type, join.Alias));
        return sql.ToString();
    }

    /// <summary>The joins for whoever may read all records.</summary>
    public string UnrestrictedSql => string.Concat(_joins.Select(j => j.Sql));

    private string? AliasOf(string path)
    {
        foreach (var join in _joins)
        {
            if (join.Path == path)
                return join.Alias;
        }

        return null;
    }

    private string Join(string path, string from, string key, RecordTable target)
    {
        var alias = "j" + (_joins.Count + 1).ToString(CultureInfo.InvariantCulture);
        _joins.Add((path, alias, target.Type, $" LEFT JOIN {target.Name} {alias} ON {alias}.tenant_id = {SqlStatement.Tenant} AND {alias}.id = {from}.{key} AND {alias}.deleted_at IS NULL"));
        return alias;
    }
}
