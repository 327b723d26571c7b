using System.Text.Json;

namespace Crm.Benchmarks.Load;

/// <summary>
/// Holds two servers to the same work: a comparison of speed means nothing when one of them answers less. What is opaque (cursors) or made
/// anew by each server (ids and times of new records) is compared by kind only.
/// </summary>
internal static class AnswerComparer
{
    /// <summary>Finds the first place where two answers differ.</summary>
    public static string? Difference(string one, string other, bool values)
    {
        using var first = JsonDocument.Parse(one);
        using var second = JsonDocument.Parse(other);
        return Difference(first.RootElement, second.RootElement, values, "$");
    }

    private static string? Difference(JsonElement one, JsonElement other, bool values, string path)
    {
        if (one.ValueKind != other.ValueKind)
            return $"{path}: {one.GetRawText()} and {other.GetRawText()}";

        switch (one.ValueKind)
        {
            case JsonValueKind.Object:
                var names = one.EnumerateObject().Select(p => p.Name).Union(other.EnumerateObject().Select(p => p.Name));
                return names.Select(name => Member(one, other, name, values, path)).FirstOrDefault(d => d is not null);
            case JsonValueKind.Array:
                return one.GetArrayLength() != other.GetArrayLength()
                    ? $"{path}: {one.GetArrayLength()} and {other.GetArrayLength()} elements"
                    : one.EnumerateArray().Zip(other.EnumerateArray())
                        .Select((pair, i) => Difference(pair.First, pair.Second, values, $"{path}[{i}]"))
                        .FirstOrDefault(d => d is not null);
            default:
                return !values || Same(one, other) ? null : $"{path}: {one.GetRawText()} and {other.GetRawText()}";
        }
    }

    private static string? Member(JsonElement one, JsonElement other, string name, bool values, string path)
    {
        if (!one.TryGetProperty(name, out var first) || !other.TryGetProperty(name, out var second))
            return $"{path}: only one answer has '{name}'";
        return Difference(first, second, values && name != "nextCursor", $"{path}.{name}");
    }

    // The same text may be escaped or not, the same moment written with Z or with an offset of zero, with more or fewer digits.
    private static bool Same(JsonElement one, JsonElement other) => one.ValueKind != JsonValueKind.String
        ? one.GetRawText() == other.GetRawText()
        : one.GetString() == other.GetString() || (one.TryGetDateTimeOffset(out var a) && other.TryGetDateTimeOffset(out var b) && a == b);
}
