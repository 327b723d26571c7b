namespace Crm.Coverage;

/// <summary>What the tests went through of a source file.</summary>
/// <param name="Path">The file, relative to the repository.</param>
/// <param name="Lines">Its lines that hold code, and whether each was run.</param>
/// <param name="Branches">Its branches: where each begins, which way it goes, and whether it was gone.</param>
internal sealed record CoveredFile(string Path, IReadOnlyDictionary<int, bool> Lines, IReadOnlyList<Branch> Branches)
{
    /// <summary>The places nothing went through, as "file:line" with what is missing there.</summary>
    public IEnumerable<string> Uncovered()
    {
        var lines = Lines.Where(line => !line.Value).Select(line => line.Key).ToHashSet();
        foreach (var line in lines.Order())
            yield return $"{Path}:{line} was not run";

        // A line that was not run says enough; so only ways not gone from lines that were.
        foreach (var ways in Branches.Where(b => !lines.Contains(b.Line)).GroupBy(b => b.Line).OrderBy(g => g.Key))
        {
            var missing = ways.Where(b => !b.Taken).Select(b => b.Way).ToList();
            if (missing.Count > 0)
                yield return $"{Path}:{ways.Key} goes {ways.Count()} ways, never {string.Join(", ", missing)}";
        }
    }
}

/// <summary>A way the code can go.</summary>
/// <param name="Line">The line it leaves.</param>
/// <param name="Way">Its number among those of the file's instruction.</param>
/// <param name="Taken">Whether it was gone.</param>
internal sealed record Branch(int Line, int Way, bool Taken);
