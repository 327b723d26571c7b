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
    /// <param name="owners">Permissions such as <c>deals:write</c> that cover only the records of some owners, with these; a permission that is missing covers all.</param>
    /// <param name="fields">Rules for fields such as <c>deals.amount</c>, of <see cref="FieldRules"/>; a field that is missing follows its record.</param>
    public RecordGrants(IReadOnlyDictionary<string, IReadOnlyList<Guid>> owners, IReadOnlyDictionary<string, string> fields)
    {
        _owners = owners.ToFrozenDictionary(StringComparer.Ordinal);
        _fields = fields.ToFrozenDictionary(StringComparer.Ordinal);
        Fingerprint = string.Join(';', _owners.OrderBy(o => o.Key, StringComparer.Ordinal).Select(o => $"{o.Key}={string.Join(',', o.Value.Order())}")
            .Concat(_fields.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key}={f.Value}")));
    }

    /// <summary>All records and all their fields.</summary>
    public static RecordGrants Full { get; } = new(new Dictionary<string, IReadOnlyList<Guid>>(), new Dictionary<string, string>());

    /// <summary>A text that is equal for equal grants and empty for <see cref="Full"/>; a part of the key of whatever is cached per caller.</summary>
    public string Fingerprint { get; }

    /// <summary>Whose records a permission covers.</summary>
    /// <param name="permission">The permission, such as <c>deals:write</c>.</param>
    /// <returns>The owners, the member first; <c>null</c> when it covers all records, those without an owner included.</returns>
    public IReadOnlyList<Guid>? OwnersFor(string permission) => _owners.GetValueOrDefault(permission);

    /// <summary>Whether a permission covers a record.</summary>
    /// <param name="permission">The permission, such as <c>deals:write</c>.</param>
    /// <param name="owner">The record's owner; <c>null</c> for one that has none.</param>
    /// <returns>Whether it does.</returns>
    public bool Covers(string permission, Guid? owner) => OwnersFor(permission) is not { } owners || (owner is { } one && owners.Contains(one));

    /// <summary>Whether a field can be read.</summary>
    /// <param name="plural">The collection, such as <c>deals</c>.</param>
    /// <param name="field">The field's name in the API, such as <c>amount</c>.</param>
    /// <returns>Whether it exists for the caller.</returns>
    public bool MayRead(string plural, string field) => RuleOf(plural, field) != FieldRules.None;

    /// <summary>Whether a field can be written, by whoever may write the record.</summary>
    /// <param name="plural">The collection, such as <c>deals</c>.</param>
    /// <param name="field">The field's name in the API, such as <c>amount</c>.</param>
    /// <returns>Whether it can.</returns>
    public bool MayWrite(string plural, string field) => RuleOf(plural, field) is null;

    /// <summary>Whether any field of a collection has a rule.</summary>
    /// <param name="plural">The collection, such as <c>deals</c>.</param>
    /// <returns>Whether one has.</returns>
    public bool RestrictsFieldsOf(string plural) => _fields.Keys.Any(f => f.StartsWith(plural + ".", StringComparison.Ordinal));

    private string? RuleOf(string plural, string field) => _fields.Count == 0 ? null : _fields.GetValueOrDefault($"{plural}.{field}");
}
