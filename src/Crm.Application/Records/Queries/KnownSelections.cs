using Crm.Application.Caching;

namespace Crm.Application.Records;

/// <summary>
/// The selections that were asked for lately: clients ask the same again and again. Bounded, since clients choose them; those not asked for
/// any more make room.
/// </summary>
[Singleton]
public sealed class KnownSelections
{
    private const int Capacity = 1000;
    private readonly BoundedMap<(RecordType Type, string? Fields, string? Expand), RecordSelection> _selections = new(Capacity);

    /// <summary>Finds a selection.</summary>
    internal RecordSelection? Find(RecordType type, string? fields, string? expand) =>
        _selections.TryGet((type, fields, expand), out var selection) ? selection : null;

    /// <summary>Keeps a selection.</summary>
    internal void Keep(RecordType type, string? fields, string? expand, RecordSelection selection) =>
        _selections.Set((type, fields, expand), selection);
}
