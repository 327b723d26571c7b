using Crm.Application.Records;
using Crm.Domain.Contacts;

namespace Crm.Application.Imports;

/// <summary>Finds records by a value that names them. One per job: what was found is remembered, up to a limit.</summary>
[Scoped]
internal sealed class ReferenceLookup(IRecordStore records)
{
    private const int MaxRemembered = 10_000;
    private readonly Dictionary<(Field By, object Value), LookupResult> _remembered = [];

    /// <summary>Finds a record, remembering the answer: for records that the import itself does not write.</summary>
    public async Task<LookupResult> RecallAsync(RecordType type, Field by, string text, CancellationToken cancellationToken)
    {
        if (_remembered.TryGetValue((by, text), out var known))
            return known;

        var found = await FindAsync(type, by, text, cancellationToken);
        if (_remembered.Count >= MaxRemembered)
            _remembered.Clear();
        _remembered[(by, text)] = found;
        return found;
    }

    /// <summary>Finds a record as things stand now.</summary>
    public async Task<LookupResult> FindAsync(RecordType type, Field by, object value, CancellationToken cancellationToken)
    {
        if (Comparable(by, value) is not { } wanted)
            return default;

        // A page of one that is not the last holds one of several.
        var page = await records.ListAsync(new RecordQuery
        {
            Type = type,
            Filter = new Condition(new FieldPath([], by), by.ValueTable is null ? FilterOperator.Eq : FilterOperator.Any, [wanted]),
            Selection = new RecordSelection(type, [type.Field("id")!], []),
            Limit = 1,
        }, cancellationToken);
        return page.Data.Count == 0 ? default : new LookupResult(page.Data[0].Id, page.NextCursor is not null);
    }

    private static object? Comparable(Field by, object value) => (by.Kind, value) switch
    {
        (FieldKind.Id, string text) => Guid.TryParseExact(text, "D", out var id) ? id : null,
        (FieldKind.Emails, string text) => text.ToLowerInvariant(),
        (FieldKind.Emails, IReadOnlyList<ContactPoint> points) => points.Count == 0 ? null : points[0].Value.ToLowerInvariant(),
        (FieldKind.Text, string text) when text.Contains('\0', StringComparison.Ordinal) => null,
        (FieldKind.Text, string text) => by.Kept(text),
        _ => value,
    };
}

/// <summary>What was found by an identifying value.</summary>
/// <param name="Id">The record; <c>null</c> for none.</param>
/// <param name="IsAmbiguous">Whether there are others of the same value.</param>
internal readonly record struct LookupResult(Guid? Id, bool IsAmbiguous);
