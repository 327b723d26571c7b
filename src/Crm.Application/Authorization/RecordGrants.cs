using System.Collections.Frozen;
using Crm.Domain.Identity;

namespace Crm.Application.Authorization;

/// <summary>
/// Which records a caller's permissions cover, and which of their fields. Made once for a membership and shared by its requests; callers
/// whom nothing restricts share <see cref="Full"/>, so that one comparison tells that there is nothing to look up.
/// </summary>
public sealed class RecordGrants
{
    private readonly FrozenDictionary<string, IReadOnlyList<Guid>> _owners;
    private readonly FrozenDictionary<string, string> _fields;

    /// <summary>Makes the grants of a member.</summary>
    public RecordGrants(IReadOnlyDictionary<string, IReadOnlyList<Guid>> owners, IReadOnlyDictionary<string, string> fields)
    {
        _owners = owners.ToFrozenDictionary(StringComparer.Ordinal);
        _fields = fields.ToFrozenDictionary(StringComparer.Ordinal);
        Fingerprint = string.Join(';', _owners.OrderBy(o => o.Key, StringComparer.Ordinal).Select(o => $"{o.Key}={string.Join(',', o.Value.Order())}")
            .Concat(_fields.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key}={f.Value}")));
    }

    /// <summary>All records and all their fields.</summary>
    public static RecordGrants Full { get; } = new(new Dictionary<string, IReadOnlyList<Guid>>(), new Dictionary<string, string>());

    /// <summary>
    /// A text that is equal for equal grants and empty for <see cref="Full"/>; a part of the key of whatever is cached per caller.
    /// </summary>
    public string Fingerprint { get; }

    /// <summary>Whose records a permission covers.</summary>
    public IReadOnlyList<Guid>? OwnersFor(string permission) => _owners.GetValueOrDefault(permission);

    /// <summary>Whether a permission covers a record.</summary>
    public bool Covers(string permission, Guid? owner) => OwnersFor(permission) is not { } owners || (owner is { } one && owners.Contains(one));

    /// <summary>Whether a field can be read.</summary>
    public bool MayRead(string plural, string field) => RuleOf(plural, field) != FieldRules.None;

    /// <summary>Whether a field can be written, by whoever may write the record.</summary>
    public bool MayWrite(string plural, string field) => RuleOf(plural, field) is null;

    /// <summary>Whether any field of a collection has a rule.</summary>
    public bool RestrictsFieldsOf(string plural) => _fields.Keys.Any(f => f.StartsWith(plural + ".", StringComparison.Ordinal));

    private string? RuleOf(string plural, string field) => _fields.Count == 0 ? null : _fields.GetValueOrDefault($"{plural}.{field}");
}
