using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Crm.Coverage;

/// <summary>
/// Reads what coverlet counted: modules, their files, classes, methods, and of each its lines and branches with their hits.
/// </summary>
internal static partial class CoverageReport
{
    /// <summary>Reads a report.</summary>
    public static IReadOnlyList<CoveredFile> Read(string json, string root)
    {
        using var report = JsonDocument.Parse(json);
        return
        [
            .. from module in report.RootElement.EnumerateObject()
               from file in module.Value.EnumerateObject()
               let methods = file.Value.EnumerateObject().SelectMany(type => type.Value.EnumerateObject()).Where(method => !IsCopying(method.Name)).Select(method => method.Value).ToList()
               select new CoveredFile(Path.GetRelativePath(root, file.Name).Replace('\\', '/'), Lines(methods), Branches(methods)),
        ];
    }

    // The compiler gives each record a constructor for "with", "Void X::.ctor(X)", on the line of its head; no other of the code is so
    // signed.
    private static bool IsCopying(string method) => Copying().IsMatch(method);

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

    [GeneratedRegex(@"^System\.Void (?<type>[^:]+)::\.ctor\(\k<type>\)$")]
    private static partial Regex Copying();
}
