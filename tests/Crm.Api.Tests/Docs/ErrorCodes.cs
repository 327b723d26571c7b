using System.Text.RegularExpressions;

namespace Crm.Api.Tests.Docs;

/// <summary>Finds the codes that the source can put into an answer.</summary>
internal static partial class ErrorCodes
{
    /// <summary>The files of the shipped code.</summary>
    public static IEnumerable<string> Sources()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Crm.sln")))
            root = root.Parent ?? throw new InvalidOperationException("The tests do not run within the repository.");
        var separator = Path.DirectorySeparatorChar;
        return Directory.EnumerateFiles(Path.Combine(root.FullName, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{separator}obj{separator}", StringComparison.Ordinal) && !file.Contains($"{separator}bin{separator}", StringComparison.Ordinal));
    }

    /// <summary>The codes in a file. What only the operator's console says has sentences, and its codes go nowhere.</summary>
    public static IEnumerable<string> In(string file, string text)
    {
        if (text.Contains("static CannotRunException", StringComparison.Ordinal))
            return [];
        var found = Fault().Matches(text).Concat(Validation().Matches(text)).Concat(Exception().Matches(text)).Concat(Status().Matches(text)).Concat(Row().Matches(text));
        if (CatalogueFile().IsMatch(file))
            found = found.Concat(Catalogue().Matches(text));
        return found.SelectMany(match => match.Groups.Values.Skip(1)).Where(group => group.Success).Select(group => group.Value);
    }

    // FieldError.At("/name", "code", …), fault("sort", "code", …), also with a choice of two codes.
    [GeneratedRegex("""(?:FieldError\.(?:At|In)|\bfault)\((?:\$?"[^"]*"|[\w.+" /]+), (?:\w+ == "\w+" \? )?"([a-z_]+)"(?: : "([a-z_]+)")?""")]
    private static partial Regex Fault();

    [GeneratedRegex("""(?:WithErrorCode\(|ErrorCode = )"([a-z_]+)""")]
    private static partial Regex Validation();

    [GeneratedRegex("""\b(?!CannotRun|NotFound)\w+Exception\("([a-z_]+)", """)]
    private static partial Regex Exception();

    [GeneratedRegex("""new\((?:status|\d+), "[^"]+", "([a-z_]+)", """)]
    private static partial Regex Status();

    [GeneratedRegex("""FaultSeverities\.\w+, [\w.?]+, "([a-z_]+)", """)]
    private static partial Regex Row();

    [GeneratedRegex("""\bnew\((?:\w+ == "\w+" \? )?"([a-z_]+)"(?: : "([a-z_]+)")?, """)]
    private static partial Regex Catalogue();

    [GeneratedRegex(@"(?:Errors|Rules)\.cs$")]
    private static partial Regex CatalogueFile();
}
