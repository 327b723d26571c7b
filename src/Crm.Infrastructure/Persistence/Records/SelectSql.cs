using Crm.Application.Records;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>Turns a selection into a list of columns and the shape that says where each value stands.</summary>
internal sealed class SelectSql(JoinPlan joins)
{
    private readonly List<string> _columns = [];
    private readonly List<FieldKind> _kinds = [];

    /// <summary>What kind of value stands at each place.</summary>
    public IReadOnlyList<FieldKind> Kinds => _kinds;

    /// <summary>The columns, parted by commas.</summary>
    public string Columns => string.Join(", ", _columns);

    /// <summary>Adds everything a selection names; id and version of the record itself come first, whether asked for or not.</summary>
    public RecordShape Add(RecordSelection selection)
    {
        var root = joins.Follow(selection.Type, []).Alias;
        Add($"{root}.id", FieldKind.Id);
        Add($"{root}.version", FieldKind.Integer);
        return Add(selection, selection.Type, []);
    }

    /// <summary>Adds one column.</summary>
    public int Add(string sql, FieldKind kind)
    {
        _columns.Add(sql);
        _kinds.Add(kind);
        return _columns.Count - 1;
    }

    private RecordShape Add(RecordSelection selection, RecordType root, List<Relation> path)
    {
        var (alias, table) = joins.Follow(root, path);
        var fields = new List<FieldPlace>(selection.Fields.Count);
        foreach (var field in selection.Fields)
        {
            if (path.Count == 0 && field.Name is ("id" or "version"))
            {
                fields.Add(new FieldPlace(field, field.Name == "id" ? RecordShape.IdPlace : RecordShape.VersionPlace));
                continue;
            }

            var columns = table[field];
            var place = Add($"{alias}.{columns.Value.Name}", field.Kind);
            if (columns.Currency is { } currency)
                Add($"{alias}.{currency.Name}", FieldKind.Text);
            fields.Add(new FieldPlace(field, place));
        }

        var relations = new List<RelationPlace>(selection.Expanded.Count);
        foreach (var (relation, related) in selection.Expanded)
        {
            List<Relation> next = [.. path, relation];
            var id = Add($"{joins.Follow(root, next).Alias}.id", FieldKind.Id);
            relations.Add(new RelationPlace(relation, id, Add(related, root, next)));
        }

        return new RecordShape(selection.Type, fields, relations);
    }
}
