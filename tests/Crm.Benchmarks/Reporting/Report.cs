using System.Globalization;
using System.Text;
using Crm.Benchmarks.Data;
using Crm.Benchmarks.Load;

namespace Crm.Benchmarks.Reporting;

/// <summary>
/// Writes what was measured as Markdown. Only the text between the two marks of the document is replaced.
/// </summary>
internal static class Report
{
    private const string Begin = "<!-- results: begin -->";
    private const string End = "<!-- results: end -->";

    /// <summary>The tables of one run.</summary>
    public static string Tables(
        string candidate,
        IReadOnlyList<ScenarioResult> results,
        ComparisonPlan plan,
        BenchSize size,
        IEnumerable<(string Name, string Value)> facts,
        DateTimeOffset at)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"Measured on {at:yyyy-MM-dd}.").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"| scenario | unit | reference per s | {candidate} per s | ratio | lowest–highest ratio |");
        text.AppendLine("|---|---|---:|---:|---:|---:|");
        foreach (var r in results)
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| `{r.Load.Name}`: {r.Load.Title} | {r.Load.Unit} | {Both(r, t => Number(Statistics.Median(t.Rates), "N0"), " | ")} "
                + $"| **{Statistics.Median(r.Ratios):F2}** | {r.Ratios.Min():F2}–{r.Ratios.Max():F2} |");
        }

        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"Each cell: reference / {candidate}; all but times are per unit.").AppendLine();
        text.AppendLine("| scenario | p50 ms | p95 ms | p99 ms | SQL commands | allocated KiB | server CPU µs | load generator CPU µs |");
        text.AppendLine("|---|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var r in results)
        {
            text.AppendLine(
                $"| `{r.Load.Name}` | {Both(r, t => Latency(t, .50))} | {Both(r, t => Latency(t, .95))} | {Both(r, t => Latency(t, .99))} | "
                + $"{Both(r, t => Number(t.Commands, "F2"))} | {Both(r, t => Number(t.AllocatedBytes / 1024, "F1"))} | "
                + $"{Both(r, t => Number(t.CpuMicroseconds, "F0"))} | {Both(r, t => Number(t.LoadMicroseconds, "F0"))} |");
        }

        text.AppendLine().AppendLine("| circumstance | |").AppendLine("|---|---|");
        foreach (var (name, value) in facts)
            text.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {value} |");
        text.AppendLine(CultureInfo.InvariantCulture,
            $"| data | {size.Tenants} tenants, each with {size.Contacts:N0} contacts, {size.Companies:N0} companies, {size.Deals:N0} deals |");
        text.AppendLine(CultureInfo.InvariantCulture,
            $"| load | {plan.Connections} connections (imports: one), {plan.Rounds} rounds of {plan.Round.TotalSeconds:F0} s for each server "
            + $"in turn, after {plan.WarmUp.TotalSeconds:F0} s of warm-up |");
        return text.ToString();
    }

    /// <summary>Puts the tables into the document.</summary>
    /// <exception cref="UsageException">There is no such document, or it has lost its marks.</exception>
    public static async Task WriteAsync(string path, string tables, CancellationToken cancellationToken)
    {
        var (document, begin, end) = await ReadAsync(path, cancellationToken);
        await File.WriteAllTextAsync(path, $"{document[..begin]}\n\n{tables}\n{document[end..]}", cancellationToken);
    }

    /// <summary>Finds the place for the tables; called before a run, so that minutes of measuring are not lost to a wrong path.</summary>
    /// <exception cref="UsageException">There is no such document, or it has lost its marks.</exception>
    public static async Task<(string Document, int Begin, int End)> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var document = File.Exists(path) ? await File.ReadAllTextAsync(path, cancellationToken) : "";
        var begin = document.IndexOf(Begin, StringComparison.Ordinal);
        var end = document.IndexOf(End, StringComparison.Ordinal);
        return begin >= 0 && end > begin
            ? (document, begin + Begin.Length, end)
            : throw new UsageException($"{path} is to be a document with the lines '{Begin}' and '{End}'.");
    }

    private static string Both(ScenarioResult result, Func<TargetResult, string> cell, string between = " / ") =>
        $"{cell(result.Reference)}{between}{cell(result.Candidate)}";

    private static string Latency(TargetResult result, double share) => Number(Statistics.Percentile(result.Latencies, share) / 1000, "F2");

    private static string Number(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);
}
