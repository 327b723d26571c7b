using Crm.Domain.Common;
using Microsoft.Extensions.Primitives;

namespace Crm.Api.Http;

/// <summary>An entity tag as a client sends it back (RFC 9110, 8.8.3).</summary>
/// <param name="Opaque">The tag in its quotes.</param>
/// <param name="IsWeak">Whether it begins with <c>W/</c>.</param>
internal readonly record struct EntityTag(string Opaque, bool IsWeak)
{
    // Each tag may cost a try; no client has read more versions of one record than this.
    private const int Most = 20;

    /// <summary>Reads a list of tags.</summary>
    /// <exception cref="InvalidException">There are more, none, or something else between them; all that is wrong is told.</exception>
    public static IReadOnlyList<EntityTag>? ReadList(StringValues header, string name)
    {
        var items = Split(header.ToString());
        if (items is ["*"])
            return null;
        if (items.Count == 0)
            throw new InvalidException([FieldError.In(name, "invalid_entity_tag", "Expected the ETag that was read, in its quotes, a list of such, or *.")]);
        if (items.Count > Most)
            throw new InvalidException([FieldError.In(name, "too_many", $"At most {Most} entity tags.")]);

        List<FieldError>? errors = null;
        var tags = new List<EntityTag>(items.Count);
        foreach (var (index, item) in items.Index())
        {
            if (Parse(item) is { } tag)
                tags.Add(tag);
            else
                (errors ??= []).Add(FieldError.In(name, "invalid_entity_tag", FormattableString.Invariant($"Item {index + 1} is no entity tag: send the ETag as it was read, in its quotes, such as \"3\"; * stands alone.")));
        }

        return errors is null ? tags : throw new InvalidException(errors);
    }

    private static EntityTag? Parse(string item)
    {
        var isWeak = item.StartsWith("W/", StringComparison.Ordinal);
        var opaque = isWeak ? item[2..] : item;
        return opaque.Length >= 2 && opaque[0] == '"' && opaque[^1] == '"' && !opaque.AsSpan(1, opaque.Length - 2).ContainsAnyInRange('\0', '"') ? new(opaque, isWeak) : null;
    }

    // A comma in quotes belongs to its tag.
    private static List<string> Split(string text)
    {
        List<string> items = [];
        var (start, quoted) = (0, false);
        for (var i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || (text[i] == ',' && !quoted))
            {
                if (text[start..i].Trim() is { Length: > 0 } item)
                    items.Add(item);
                start = i + 1;
            }
            else if (text[i] == '"')
            {
                quoted = !quoted;
            }
        }

        return items;
    }
}
