using Crm.Application.Records;

namespace Crm.Api.OpenApi;

/// <summary>Everything a path such as <c>company.country</c> can name, so that the documentation can list it.</summary>
internal static class RecordPaths
{
    /// <summary>All fields that can be reached from a record type, the record's own first.</summary>
    public static IEnumerable<(string Text, Field Field)> Fields(RecordType type) =>
        Relations(type).Prepend((Text: "", Target: type)).SelectMany(r => r.Target.Fields.Select(f => (r.Text.Length == 0 ? f.Name : $"{r.Text}.{f.Name}", f)));

    /// <summary>All relations that can be followed from a record type, nearest first.</summary>
    public static IReadOnlyList<(string Text, RecordType Target)> Relations(RecordType type)
    {
        List<(string Text, RecordType Target)> found = [], level = [("", type)];
        for (var depth = 0; depth < FieldPath.MaxDepth; depth++)
        {
            level = [.. level.SelectMany(from => from.Target.Relations.Select(r => (from.Text.Length == 0 ? r.Name : $"{from.Text}.{r.Name}", r.Target)))];
            found.AddRange(level);
        }

        return found;
    }
}
