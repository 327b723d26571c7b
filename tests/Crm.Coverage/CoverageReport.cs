using System.Globalization;
using System.Text.Json;

namespace Crm.Coverage;

/// <summary>Reads what coverlet counted: modules, their files, classes, methods, and of each its lines and branches with their hits.</summary>
internal static class CoverageReport
{
    /// <summary>Reads a report.</summary>
    /// <param name="json">coverlet's own format.</param>
    /// <param name="root">The repository's folder.</param>
    /// <returns>The files in it.</returns>
    public static IReadOnlyList<CoveredFile> Read(string json, string root)
    {
        using var report = JsonDocument.Parse(json);
        return
        [
            .. from module in report.RootElement.EnumerateObject()
               from file in module.Value.EnumerateObject()
               let methods = file.Value.EnumerateObject().SelectMany(type => type.Value.EnumerateObject()).Select(method => method.Value).ToList()
               select new CoveredFile(Path.GetRelativePath(root, file.Name).Replace('\\', '/'), Lines(methods), Branches(methods)),
        ];
    }

    // A lambda's line belongs to two methods; it was run when either was.
    private static Dictionary<int, bool> Lines(IEnumerable<JsonElement> methods) => methods
        .SelectMany(method => method.GetProperty("Lines").EnumerateObject())
        .GroupBy(line => int.Parse(line.Name, CultureInfo.InvariantCulture))
        .ToDictionary(line => line.Key, line => line.Any(l => l.Value.GetInt32() > 0));

    private static List<Branch> Branches(IEnumerable<JsonElement> methods) =>
    [
        .. from method in methods
           from branch in method.GetProperty("Branches").EnumerateArray()
           select new Branch(branch.GetProperty("Line").GetInt32(), branch.GetProperty("Ordinal").GetInt32(), branch.GetProperty("Hits").GetInt32() > 0),
    ];
}
