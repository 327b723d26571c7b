namespace Crm.Embedded;

/// <summary>Where PostgreSQL's programs may be.</summary>
/// <param name="Configured">The folder the operator names in <c>CRM_POSTGRES_BIN</c>; then no other is looked at. <c>null</c> when not
/// set.</param>
/// <param name="Others">Folders to look in, the best first; they need not exist.</param>
public sealed record BinaryPlaces(string? Configured, IReadOnlyList<string> Others)
{
    private const int FoldersUp = 8;

    /// <summary>
    /// The places of this machine: <c>PATH</c>, the folders of distributions (newest version first), and npm's <c>@embedded-postgres</c>.
    /// </summary>
    public static BinaryPlaces OfThisMachine(string home)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        (string Root, string Pattern)[] distributions =
            [("/usr/lib/postgresql", "*"), ("/usr", "pgsql-*"), ("/opt/homebrew/opt", "postgresql@*"), ("/usr/local/opt", "postgresql@*")];
        var configured = Environment.GetEnvironmentVariable("CRM_POSTGRES_BIN");
        return new BinaryPlaces(
            string.IsNullOrWhiteSpace(configured) ? null : configured,
            [
                .. path,
                .. distributions.SelectMany(place => NewestFirst(place.Root, place.Pattern)),
                .. new[] { home, Directory.GetCurrentDirectory(), AppContext.BaseDirectory }.SelectMany(Upwards).Distinct().SelectMany(NodeModules),
            ]);
    }

    private static IEnumerable<string> NewestFirst(string root, string pattern) => Directories(root, pattern)
        .Select(folder => (Folder: folder, Version: int.TryParse(Path.GetFileName(folder).Split('@', '-')[^1], out var version) ? version : 0))
        .Where(found => found.Version > 0)
        .OrderByDescending(found => found.Version)
        .Select(found => Path.Combine(found.Folder, "bin"));

    private static IEnumerable<string> Upwards(string folder)
    {
        var at = new DirectoryInfo(folder);
        for (var i = 0; i < FoldersUp && at is not null; i++, at = at.Parent)
            yield return at.FullName;
    }

    private static IEnumerable<string> NodeModules(string folder) =>
        Directories(Path.Combine(folder, "node_modules", "@embedded-postgres"), "*").Select(package => Path.Combine(package, "native", "bin"));

    private static IEnumerable<string> Directories(string root, string pattern) =>
        Directory.Exists(root) ? Directory.EnumerateDirectories(root, pattern) : [];
}
