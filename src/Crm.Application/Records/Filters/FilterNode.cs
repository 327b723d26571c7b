namespace Crm.Application.Records;

/// <summary>A filter, checked against the description of the record type: the one tree that is compiled to SQL.</summary>
public abstract record FilterNode;

/// <summary>All parts hold; an empty one always holds.</summary>
/// <param name="Parts">The parts.</param>
public sealed record AllOf(IReadOnlyList<FilterNode> Parts) : FilterNode;

/// <summary>At least one part holds; an empty one never holds.</summary>
/// <param name="Parts">The parts.</param>
public sealed record AnyOf(IReadOnlyList<FilterNode> Parts) : FilterNode;

/// <summary>The part does not hold; where it can neither be said to hold nor not to hold (a missing value), the negation holds.</summary>
/// <param name="Part">The part.</param>
public sealed record Not(FilterNode Part) : FilterNode;

/// <summary>A field compared with values.</summary>
/// <param name="Path">The field, perhaps of a related record.</param>
/// <param name="Operator">The comparison.</param>
/// <param name="Values">One value, or several for <c>in</c>, <c>nin</c>, <c>between</c>, <c>any</c> and <c>all</c>; of the field's own
/// type.</param>
public sealed record Condition(FieldPath Path, FilterOperator Operator, IReadOnlyList<object> Values) : FilterNode;
