namespace Crm.Api.Docs;

/// <summary>Every code that an answer can carry, as docs/api/errors.md lists them: one table for each group.</summary>
internal static class ErrorCatalogue
{
    private const string File = "errors.md";

    /// <summary>Reads the catalogue.</summary>
    public static IReadOnlyList<ErrorGroup> Read()
    {
        using var stream = typeof(ErrorCatalogue).Assembly.GetManifestResourceStream(File) ?? throw new InvalidOperationException($"The file {File} is not part of the assembly.");
        using var reader = new StreamReader(stream);
        return Parse(reader.ReadToEnd());
    }

    /// <summary>Reads the catalogue out of its text: headings of the second level, a paragraph, and tables with three columns.</summary>
    public static IReadOnlyList<ErrorGroup> Parse(string markdown)
    {
        var groups = new List<ErrorGroup>();
        foreach (var line in markdown.Split('\n').Select(l => l.Trim()))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
                groups.Add(new ErrorGroup(line[3..], "", []));
            else if (groups.Count > 0 && line.StartsWith("| `", StringComparison.Ordinal))
                groups[^1] = groups[^1] with { Codes = [.. groups[^1].Codes, Row(line)] };
            else if (groups.Count > 0 && line.Length > 0 && line[0] != '|')
                groups[^1] = groups[^1] with { Text = $"{groups[^1].Text} {line}".TrimStart() };
        }

        return groups;
    }

    private static ErrorCode Row(string line)
    {
        var cells = line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray();
        return cells.Length == 3
            ? new ErrorCode(cells[0].Trim('`'), cells[1], cells[2])
            : throw new InvalidOperationException($"A row of {File} has three cells: {line}");
    }
}

/// <summary>Codes that belong together.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Text">What they have in common.</param>
/// <param name="Codes">The codes.</param>
internal sealed record ErrorGroup(string Title, string Text, IReadOnlyList<ErrorCode> Codes);

/// <summary>One code.</summary>
/// <param name="Code">The code.</param>
/// <param name="Meaning">What it means.</param>
/// <param name="Remedy">What to do about it.</param>
internal sealed record ErrorCode(string Code, string Meaning, string Remedy);
