using Crm.Application.Records;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>A selection made SQL once and used for every statement that selects the same.</summary>
/// <param name="Shape">Where each part stands in a row.</param>
/// <param name="Columns">The columns, parted by commas.</param>
/// <param name="Kinds">What stands at each place.</param>
/// <param name="Joins">The related tables it needs; to be copied before a filter or an order adds to them.</param>
/// <param name="Find">The whole statement that reads one live record, whose id is <c>$2</c>, for whoever may read all records.</param>
internal sealed record SelectPlan(RecordShape Shape, string Columns, IReadOnlyList<FieldKind> Kinds, JoinPlan Joins, string Find)
{
    /// <summary>Makes a plan.</summary>
    public static SelectPlan Make(RecordTables tables, RecordSelection selection, string root)
    {
        var joins = new JoinPlan(tables, root);
        var select = new SelectSql(joins);
        var shape = select.Add(selection);
        var find = $"SELECT {select.Columns} FROM {tables[selection.Type].Name} {root}{joins.UnrestrictedSql} WHERE {root}.tenant_id = {SqlStatement.Tenant} AND {root}.id = $2 AND {root}.deleted_at IS NULL";
        return new SelectPlan(shape, select.Columns, [.. select.Kinds], joins, find);
    }

    /// <summary>The plan with the keys of an order behind it, so that a cursor can be made of the last row.</summary>
    public (string Columns, IReadOnlyList<FieldKind> Kinds, IReadOnlyList<int> KeyPlaces) With(OrderSql order) => (
        $"{Columns}, {string.Join(", ", order.Columns)}",
        [.. Kinds, .. order.Kinds],
        [.. Enumerable.Range(Kinds.Count, order.Kinds.Count)]);
}
