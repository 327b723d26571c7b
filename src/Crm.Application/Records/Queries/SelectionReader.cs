namespace Crm.Application.Records;

/// <summary>Reads <c>fields</c> and <c>expand</c>: what of a record is answered.</summary>
internal sealed class SelectionReader(RecordView access)
{
    /// <summary>Reads both.</summary>
    public RecordSelection Read(RecordType type, IReadOnlyList<string> fields, IReadOnlyList<string> expand, Action<string, string> unknown)
    {
        var root = new Node(type, access, all: fields.Count == 0);
        foreach (var path in fields)
        {
            if (FieldPath.Resolve(type, path, access) is { } found)
                root.Select(found.Relations, found.Field);
            else
                unknown("fields", path);
        }

        if (expand.Count > RecordLimits.Expanded)
            unknown("expand", $"…: at most {RecordLimits.Expanded}");
        foreach (var path in expand.Take(RecordLimits.Expanded))
        {
            // The id stands for "the record behind this relation exists", which is all that is asked here.
            if (FieldPath.Resolve(type, path + ".id", access) is { Relations.Count: > 0 } found)
                root.Expand(found.Relations);
            else
                unknown("expand", path);
        }

        return root.ToSelection();
    }

    private sealed class Node(RecordType type, RecordView access, bool all)
    {
        private readonly HashSet<Field> _fields = [];
        private readonly Dictionary<Relation, Node> _relations = [];
        private bool _all = all;

        public void Select(IReadOnlyList<Relation> path, Field field) => Follow(path, allAtEnd: false)._fields.Add(field);

        public void Expand(IReadOnlyList<Relation> path) => Follow(path, allAtEnd: true);

        public RecordSelection ToSelection() => new(
            type,
            _all ? access.Fields(type) : [.. type.Fields.Where(_fields.Contains)],
            [.. _relations.OrderBy(r => r.Key.Name, StringComparer.Ordinal).Select(r => new ExpandedRelation(r.Key, r.Value.ToSelection()))])
        {
            HasAllFields = _all,
        };

        private Node Follow(IReadOnlyList<Relation> path, bool allAtEnd)
        {
            var node = this;
            foreach (var relation in path)
            {
                if (!node._relations.TryGetValue(relation, out var next))
                    node._relations[relation] = next = new Node(relation.Target, access, all: false);
                node = next;
                if (allAtEnd)
                    node._all = true;
            }

            return node;
        }
    }
}
