using Crm.Application.Records;

namespace Crm.Application.Reports;

/// <summary>A question for figures over a collection of records, checked against its description.</summary>
/// <param name="Type">The record type.</param>
/// <param name="Filter">Which records count; <c>null</c> for all.</param>
/// <param name="GroupBy">The keys; none for one figure over all.</param>
/// <param name="Measures">The figures, at least one.</param>
public sealed record AggregateQuery(RecordType Type, FilterNode? Filter, IReadOnlyList<GroupKey> GroupBy, IReadOnlyList<Measure> Measures)
{
    /// <summary>The most groups an answer holds; a question with more is refused, never cut.</summary>
    public const int MaxGroups = 10_000;
}

/// <summary>One key of a grouping.</summary>
/// <param name="Path">The field.</param>
/// <param name="Bucket">For dates and times: the span that counts as one key; <c>null</c> for the value itself.</param>
public sealed record GroupKey(FieldPath Path, TimeBucket? Bucket);

/// <summary>Spans of time; weeks begin on Monday, all in UTC.</summary>
public enum TimeBucket
{
    /// <summary>A day.</summary>
    Day,

    /// <summary>A week (ISO 8601).</summary>
    Week,

    /// <summary>A month.</summary>
    Month,

    /// <summary>A quarter of a year.</summary>
    Quarter,

    /// <summary>A year.</summary>
    Year,
}

/// <summary>One figure.</summary>
/// <param name="Op">How it is made.</param>
/// <param name="Path">The field it is made of; <c>null</c> for counts and win rates.</param>
public sealed record Measure(MeasureOp Op, FieldPath? Path);

/// <summary>How a figure is made.</summary>
public enum MeasureOp
{
    /// <summary>How many records.</summary>
    Count,

    /// <summary>The sum of a field.</summary>
    Sum,

    /// <summary>The mean of a field over the records that have a value.</summary>
    Avg,

    /// <summary>The smallest value.</summary>
    Min,

    /// <summary>The largest value.</summary>
    Max,

    /// <summary>Won records as a share of won and lost ones, from 0 to 1; no value where none is closed.</summary>
    WinRate,
}

/// <summary>Figures, group by group, in the order of the keys.</summary>
/// <param name="Query">The question.</param>
/// <param name="Rows">The groups.</param>
public sealed record AggregateResult(AggregateQuery Query, IReadOnlyList<AggregateRow> Rows);

/// <summary>The figures of one group.</summary>
/// <param name="Keys">The keys' values; a bucket's is the date it begins on.</param>
/// <param name="Values">The figures, in the order asked for.</param>
public sealed record AggregateRow(IReadOnlyList<object?> Keys, IReadOnlyList<object?> Values);
