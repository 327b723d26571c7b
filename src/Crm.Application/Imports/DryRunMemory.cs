using System.Security.Cryptography;
using System.Text;
using Crm.Application.Records;
using Crm.Domain.Contacts;

namespace Crm.Application.Imports;

/// <summary>
/// What the rows of a dry run would have written, as far as later rows depend on it: keys, unique values, and what rows refer to one
/// another
/// by. It keeps 64 bits of each value, up to a limit; beyond that, rows are checked against the tenant's records alone.
/// </summary>
internal sealed class DryRunMemory
{
    private const int MaxValues = 2_000_000;
    private readonly Dictionary<ulong, int> _firstRows = [];
    private readonly ImportPlan _plan;
    private readonly IReadOnlyList<Field> _fields;
    private readonly RowBinder _binder;

    /// <summary>Begins with nothing seen.</summary>
    public DryRunMemory(ImportPlan plan, ReferenceLookup lookup)
    {
        _plan = plan;
        var referredBy = plan.SelfReferences.Select(c => c.Lookup!).ToHashSet();
        var noted = plan.Columns.Where(c => c == plan.Key || (c.Field.IsUnique && c.Lookup is null) || referredBy.Contains(c.Field)).ToList();
        _fields = noted.ConvertAll(c => c.Field);
        _binder = new RowBinder(noted, lookup);
    }

    /// <summary>Notes a row.</summary>
    public void Note(ImportRow row, BoundRow bound)
    {
        foreach (var field in _fields)
        {
            if (bound.Value(field) is { } value && _firstRows.Count < MaxValues)
                _firstRows.TryAdd(Fingerprint(field, value), row.Number);
        }
    }

    /// <summary>Notes a row that was not read yet.</summary>
    public async Task NoteAsync(ImportRow row, CancellationToken cancellationToken) => Note(row, await _binder.BindAsync(row, _plan.Type, cancellationToken));

    /// <summary>Finds the unique values of a row that an earlier one has.</summary>
    public IEnumerable<Field> Repeated(ImportRow row, BoundRow bound) =>
        _fields.Where(f => f.IsUnique && f != _plan.Key?.Field && HasSeen(f, bound.Value(f), row));

    /// <summary>Whether a row has a value.</summary>
    public bool HasSeen(Field field, object? value, ImportRow? before = null) =>
        value is not null && _firstRows.TryGetValue(Fingerprint(field, value), out var first) && (before is null || first < before.Number);

    private static ulong Fingerprint(Field field, object value)
    {
        var text = value switch
        {
            IReadOnlyList<ContactPoint> points => points.Select(p => p.Value).FirstOrDefault("").ToLowerInvariant(),
            string address when field.Kind == FieldKind.Emails => address.ToLowerInvariant(),
            string cell => field.Kept(cell),
            _ => value.ToString(),
        };
        return BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes($"{field.Name}:{text}")));
    }
}
