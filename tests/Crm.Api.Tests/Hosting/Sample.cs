namespace Crm.Api.Tests.Hosting;

/// <summary>The demo's files, read without the code under test: no cell of them is quoted.</summary>
internal static class Sample
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "demo", "crm-sales-opportunities");

    public static IReadOnlyList<Dictionary<string, string>> Read(string name)
    {
        var lines = File.ReadAllLines(Path.Combine(Folder, name + ".csv")).Where(l => l.Length > 0).Select(l => l.Split(',')).ToList();
        return [.. lines.Skip(1).Select(cells => lines[0].Zip(cells).ToDictionary(c => c.First, c => c.Second))];
    }
}
