using System.Globalization;
using Crm.Coverage;

if (args.Length != 2)
{
    Console.Error.WriteLine("Usage: Crm.Coverage REPORT ROOT");
    return 2;
}

// Folders of these names, in whatever layer, guard what belongs to whom. Beside each how many lines and branches may be left out at most: these numbers only ever fall.
// Which of two who race comes first is not the tests' to say, so folders that are all gone through have a little room as well.
(string Folder, int Lines, int Branches)[] critical =
[
    ("ApiKeys", 1, 5),
    ("Authorization", 0, 1),
    ("Identity", 8, 32),
    ("MultiTenancy", 1, 2),
    ("Pipeline", 0, 1),
    ("RateLimiting", 2, 4),
    ("Roles", 0, 1),
    ("Secrets", 2, 4),
];

var files = CoverageReport.Read(File.ReadAllText(args[0]), args[1]).Where(f => f.Path.StartsWith("src/", StringComparison.Ordinal)).ToList();
var failed = false;
foreach (var (folder, mostLines, mostBranches) in critical)
{
    var those = files.Where(f => f.Path.Contains($"/{folder}/", StringComparison.Ordinal)).OrderBy(f => f.Path, StringComparer.Ordinal).ToList();
    var (lines, branches) = (those.Sum(f => f.Lines.Count), those.Sum(f => f.Branches.Count));
    var (run, taken) = (those.Sum(f => f.Lines.Values.Count(hit => hit)), those.Sum(f => f.Branches.Count(b => b.Taken)));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{folder,-14} {run,5} of {lines,5} lines ({Percent(run, lines):0.00} %)  {taken,5} of {branches,5} branches ({Percent(taken, branches):0.00} %)"));
    foreach (var place in those.SelectMany(f => f.Uncovered()))
        Console.WriteLine("  " + place);

    // A folder without a line was looked for in the wrong place.
    failed |= lines == 0 || lines - run > mostLines || branches - taken > mostBranches;
}

return failed ? 1 : 0;

static double Percent(int part, int whole) => whole == 0 ? 0 : 100.0 * part / whole;
