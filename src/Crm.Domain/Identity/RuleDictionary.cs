using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Crm.Domain.Identity;

/// <summary>
/// Rules by what they are about, such as <c>deals:write</c> → <c>own</c>. Two sets with the same rules are equal; never changed once made.
/// </summary>
public sealed class RuleDictionary(IEnumerable<KeyValuePair<string, string>> rules) : IReadOnlyDictionary<string, string>, IEquatable<RuleDictionary>
{
    private readonly SortedDictionary<string, string> _rules = new(rules.ToDictionary(), StringComparer.Ordinal);

    /// <summary>No rule at all.</summary>
    public static RuleDictionary Empty { get; } = new([]);

    /// <inheritdoc />
    public IEnumerable<string> Keys => _rules.Keys;

    /// <inheritdoc />
    public IEnumerable<string> Values => _rules.Values;

    /// <inheritdoc />
    public int Count => _rules.Count;

    /// <inheritdoc />
    public string this[string key] => _rules[key];

    /// <summary>
    /// Makes the set that a merge patch leads to: a rule that is sent replaces the one there is, <c>null</c> takes it away.
    /// </summary>
    public RuleDictionary With(IReadOnlyDictionary<string, string?> patch) => new(
        _rules.Where(r => !patch.ContainsKey(r.Key)).Concat(patch.Where(p => p.Value is not null).Select(p => KeyValuePair.Create(p.Key, p.Value!))));

    /// <inheritdoc />
    public bool ContainsKey(string key) => _rules.ContainsKey(key);

    /// <inheritdoc />
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) => _rules.TryGetValue(key, out value);

    /// <inheritdoc />
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _rules.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc />
    public bool Equals(RuleDictionary? other) => other is not null && _rules.SequenceEqual(other._rules);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as RuleDictionary);

    /// <inheritdoc />
    public override int GetHashCode() => _rules.Aggregate(0, (hash, rule) => HashCode.Combine(hash, rule.Key, rule.Value));
}
