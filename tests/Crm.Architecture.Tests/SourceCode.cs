using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Crm.Architecture.Tests;

/// <summary>The files of the repository as text.</summary>
internal static partial class SourceCode
{
    /// <summary>The folder of the repository.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The C# files under a folder, with what was built left out.</summary>
    public static IReadOnlyList<SourceFile> Under(string folder) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(path => new SourceFile(path, File.ReadAllText(Path.Combine(Root, path)))),
    ];

    /// <summary>Every text file that is kept in the repository; none where it is not known which those are.</summary>
    public static IReadOnlyList<SourceFile> Kept()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", Root, "ls-files", "-z"]) { RedirectStandardOutput = true, StandardOutputEncoding = Encoding.UTF8 })!;
        var names = git.StandardOutput.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries);
        git.WaitForExit();
        return [.. names.Where(name => File.Exists(Path.Combine(Root, name)) && !name.EndsWith(".csv", StringComparison.Ordinal)).Select(name => new SourceFile(name, File.ReadAllText(Path.Combine(Root, name))))];
    }

    /// <summary>
    /// The text without comments and without what stands in quotes, so that only code is left; lines stay where they are.
    /// </summary>
    public static string CodeOf(string text) => Inert().Replace(text, match => new string('\n', match.Value.Count(c => c == '\n')));

    [GeneratedRegex("""//[^\n]*|/\*[\s\S]*?\*/|"{3,}[\s\S]*?"{3,}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\])+'""")]
    private static partial Regex Inert();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Crm.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("The repository was not found above the tests.");
    }
}

/// <summary>A file of the repository.</summary>
/// <param name="Path">Its path from the root, with slashes.</param>
/// <param name="Text">Its text.</param>
internal sealed record SourceFile(string Path, string Text)
{
    /// <summary>The text without comments and quotes.</summary>
    public string Code => SourceCode.CodeOf(Text);

    /// <summary>How many lines it has.</summary>
    public int Lines => Text.AsSpan().TrimEnd('\n').Count('\n') + 1;

    /// <summary>Finds a pattern in the code.</summary>
    public IEnumerable<string> Find(string pattern)
    {
        var code = Code;
        return Regex.Matches(code, pattern).Select(m => $"{Path}:{code.AsSpan(0, m.Index).Count('\n') + 1}");
    }
}
