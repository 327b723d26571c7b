using System.Globalization;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Docs;

/// <summary>The OWASP checklist counts what it holds, and names what is there.</summary>
public sealed partial class AsvsTests
{
    private const string Met = "met";

    // How many requirements the standard has, by level.
    private const int OfLevel1 = 70;
    private const int OfLevel2 = 183;

    private static readonly string[] Statuses = [Met, "not applicable", "deviation", "not yet"];
    private static readonly string Root = FindRoot();
    private static readonly string Text = File.ReadAllText(Path.Combine(Root, "docs", "security-asvs.md"));
    private static readonly IReadOnlyList<Row> Rows = [.. Text.Split('\n').Where(line => RowStart().IsMatch(line)).Select(Row.Read)];

    [Fact]
    public void Every_requirement_stands_there_once_with_one_of_the_four_statuses()
    {
        Rows.Select(row => row.Number).ShouldBeUnique();
        Rows.Count(row => row.Level == "1").ShouldBe(OfLevel1);
        Rows.Count(row => row.Level == "2").ShouldBe(OfLevel2);
        Rows.Count.ShouldBe(OfLevel1 + OfLevel2);
        Rows.Where(row => !Statuses.Contains(row.Status)).ShouldBeEmpty();
        Rows.Where(row => row.What.Length == 0 || row.Shown.Length == 0).ShouldBeEmpty();
    }

    [Fact]
    public void The_summary_counts_the_rows() =>
        string.Join('\n', Summary().Matches(Text).Select(line => line.Value)).ShouldBe($"{Counted("1", "1")}\n{Counted("2", "2")}\n{Counted("both", "1", "2")}");

    [Fact]
    public void What_is_met_names_a_test_or_the_place_that_makes_it_so() =>
        Rows.Where(row => row.Status == Met && !TestClass().IsMatch(row.Shown) && !row.Shown.Contains("by construction:", StringComparison.Ordinal) && !row.Shown.Contains("documented:", StringComparison.Ordinal))
            .ShouldBeEmpty();

    [Fact]
    public void Every_test_class_that_is_named_exists()
    {
        var declared = Directory.EnumerateFiles(Path.Combine(Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .SelectMany(file => Declaration().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        var named = TestClass().Matches(Text).Select(match => match.Groups[1].Value).Distinct().ToList();

        named.Count.ShouldBeGreaterThan(50, "the search must find what is there");
        named.Where(name => !declared.Contains(name)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_file_that_is_named_exists()
    {
        var named = NamedFile().Matches(Text).Select(match => match.Groups[1].Value).Distinct().ToList();

        named.Count.ShouldBeGreaterThan(20, "the search must find what is there");
        named.Where(path => !File.Exists(Path.Combine(Root, path))).ShouldBeEmpty();
    }

    private static string Counted(string name, params string[] levels)
    {
        var rows = Rows.Where(row => levels.Contains(row.Level)).ToList();
        var counts = Statuses.Select(status => rows.Count(row => row.Status == status)).Append(rows.Count).Select(count => count.ToString(CultureInfo.InvariantCulture));
        return $"| {name} | {string.Join(" | ", counts)} |";
    }

    private static string FindRoot()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Crm.sln")))
            root = Path.GetDirectoryName(root.TrimEnd(Path.DirectorySeparatorChar)) ?? throw new InvalidOperationException("The repository was not found.");
        return root;
    }

    [GeneratedRegex(@"^\| \d+\.\d")]
    private static partial Regex RowStart();

    [GeneratedRegex(@"^\| (?:1|2|both) \| .*$", RegexOptions.Multiline)]
    private static partial Regex Summary();

    [GeneratedRegex(@"`(\w+Tests)`")]
    private static partial Regex TestClass();

    [GeneratedRegex(@"\bclass (\w+Tests)\b")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"`((?:src|docs|tests)/[^`]+)`")]
    private static partial Regex NamedFile();

    /// <summary>One requirement.</summary>
    private sealed record Row(string Number, string Level, string What, string Status, string Shown)
    {
        /// <summary>Reads a line of a table.</summary>
        public static Row Read(string line)
        {
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            cells.Length.ShouldBe(7, line);
            return new Row(cells[1], cells[2], cells[3], cells[4], cells[5]);
        }
    }
}
