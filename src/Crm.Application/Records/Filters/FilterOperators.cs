using System.Collections.Frozen;

namespace Crm.Application.Records;

/// <summary>Which comparisons a field allows, and how they are called in the API.</summary>
public static class FilterOperators
{
    private static readonly FrozenDictionary<string, FilterOperator> ByName = new Dictionary<string, FilterOperator>
    {
        ["eq"] = FilterOperator.Eq,
        ["ne"] = FilterOperator.Ne,
        ["in"] = FilterOperator.In,
        ["nin"] = FilterOperator.Nin,
        ["lt"] = FilterOperator.Lt,
        ["lte"] = FilterOperator.Lte,
        ["gt"] = FilterOperator.Gt,
        ["gte"] = FilterOperator.Gte,
        ["between"] = FilterOperator.Between,
        ["contains"] = FilterOperator.Contains,
        ["startsWith"] = FilterOperator.StartsWith,
        ["isNull"] = FilterOperator.IsNull,
        ["any"] = FilterOperator.Any,
        ["all"] = FilterOperator.All,
    }.ToFrozenDictionary();

    private static readonly FilterOperator[] Equality =
        [FilterOperator.Eq, FilterOperator.Ne, FilterOperator.In, FilterOperator.Nin, FilterOperator.IsNull];

    private static readonly FilterOperator[] Ordered =
        [.. Equality, FilterOperator.Lt, FilterOperator.Lte, FilterOperator.Gt, FilterOperator.Gte, FilterOperator.Between];

    private static readonly FilterOperator[] Textual = [.. Ordered, FilterOperator.Contains, FilterOperator.StartsWith];
    private static readonly FilterOperator[] Lists = [FilterOperator.Any, FilterOperator.All, FilterOperator.IsNull];

    /// <summary>Finds an operator.</summary>
    public static FilterOperator? Find(string name) => ByName.TryGetValue(name, out var found) ? found : null;

    /// <summary>The comparisons that make sense for a field.</summary>
    public static IReadOnlyList<FilterOperator> Of(Field field) => !field.Filterable ? [] : field.Kind switch
    {
        FieldKind.Id or FieldKind.Boolean or FieldKind.Choice => Equality,
        FieldKind.Text => Textual,
        FieldKind.Tags or FieldKind.Emails => Lists,
        _ => Ordered,
    };

    /// <summary>Whether the operator takes a list of values.</summary>
    public static bool TakesList(FilterOperator op) =>
        op is FilterOperator.In or FilterOperator.Nin or FilterOperator.Between or FilterOperator.Any or FilterOperator.All;
}
