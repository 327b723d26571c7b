namespace Crm.Application.Records;

/// <summary>A question to a collection of records, checked against its description.</summary>
public sealed record RecordQuery
{
    /// <summary>The record type.</summary>
    public required RecordType Type { get; init; }

    /// <summary>What the records must fulfil; <c>null</c> for all.</summary>
    public FilterNode? Filter { get; init; }

    /// <summary>The order; the id breaks ties.</summary>
    public IReadOnlyList<SortKey> Sort { get; init; } = [];

    /// <summary>What of each record is answered.</summary>
    public required RecordSelection Selection { get; init; }

    /// <summary>How many records at most, 1–200.</summary>
    public int Limit { get; init; } = RecordLimits.Page;

    /// <summary>Where the page before ended, as that page told it; <c>null</c> for the first page.</summary>
    public string? Cursor { get; init; }

    /// <summary>Whether and how the records are counted.</summary>
    public CountMode Count { get; init; }
}

/// <summary>One key of an order.</summary>
/// <param name="Path">The field.</param>
/// <param name="Descending">Whether the largest comes first. Missing values come last either way.</param>
public sealed record SortKey(FieldPath Path, bool Descending);

/// <summary>Whether and how the records of a query are counted.</summary>
public enum CountMode
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Exactly up to 10,000, then as "at least": cheap whatever the data.</summary>
    Estimated,

    /// <summary>Exactly, whatever it costs.</summary>
    Exact,
}
