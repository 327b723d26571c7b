using System.Globalization;
using Crm.Coverage;

if (args.Length != 2)
{
    Console.Error.WriteLine("Usage: Crm.Coverage REPORT ROOT");
    return 2;
}

// Folders of these names, in whatever layer, guard what belongs to whom: every line and every branch of them is gone through, in every run.
// What only a race would
// reach has a test that lets the race happen; what cannot be reached is not there.
string[] critical = ["ApiKeys", "Authorization", "Identity", "MultiTenancy", "Pipeline", "RateLimiting", "Roles", "Secrets"];

var files = CoverageReport.Read(File.ReadAllText(args[0]), args[1]).Where(f => f.Path.StartsWith("src/", StringComparison.Ordinal)).ToList();
var failed = false;
foreach (var folder in critical)
{
    var those = files.Where(f => f.Path.Contains($"/{folder}/", StringComparison.Ordinal)).OrderBy(f => f.Path, StringComparer.Ordinal).ToList();
    var (lines, branches) = (those.Sum(f => f.Lines.Count), those.Sum(f => f.Branches.Count));
    var (run, taken) = (those.Sum(f => f.Lines.Values.Count(hit => hit)), those.Sum(f => f.Branches.Count(b => b.Taken)));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{folder,-14} {run,5} of {lines,5} lines ({Percent(run, lines):0.00} %)  {taken,5} of {branches,5} branches ({Percent(taken, branches):0.00} %)"));
    foreach (var place in those.SelectMany(f => f.Uncovered()))
        Console.WriteLine("  " + place);

    // A folder without a line was looked for in the wrong place.
    failed |= lines == 0 || run < lines || taken < branches;
}

return failed ? 1 : 0;

static double Percent(int part, int whole) => whole == 0 ? 0 : 100.0 * part / whole;
