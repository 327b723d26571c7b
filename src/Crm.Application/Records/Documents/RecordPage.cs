namespace Crm.Application.Records;

/// <summary>One page of a collection.</summary>
/// <param name="Data">The records, in the order asked for.</param>
/// <param name="NextCursor">Where the next page begins; <c>null</c> when this is the last.</param>
/// <param name="Count">How many records there are over all pages; <c>null</c> when not asked for.</param>
public sealed record RecordPage(IReadOnlyList<RecordDocument> Data, string? NextCursor, RecordCount? Count);

/// <summary>How many records there are.</summary>
/// <param name="Value">The number.</param>
/// <param name="Relation"><c>eq</c> when it is exact, <c>gte</c> when there are at least so many.</param>
public sealed record RecordCount(long Value, string Relation);
