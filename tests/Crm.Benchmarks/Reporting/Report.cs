using System.Globalization;
using System.Text;
using Crm.Benchmarks.Data;
using Crm.Benchmarks.Load;

namespace Crm.Benchmarks.Reporting;

/// <summary>
/// Writes what was measured as Markdown. Only what stands between the two marks of the document is written; the text around it is kept.
/// </summary>
internal static class Report
{
    private const string Begin = "<!-- results: begin -->";
    private const string End = "<!-- results: end -->";

    /// <summary>The tables of one run.</summary>
    public static string Tables(
        string candidate, IReadOnlyList<ScenarioResult> results, ComparisonPlan plan, BenchSize size, IEnumerable<(string Name, string Value)> facts, DateTimeOffset at)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"Measured on {at:yyyy-MM-dd}.").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"| scenario | reference req/s | {candidate} req/s | ratio | lowest–highest ratio |");
        text.AppendLine("|---|---:|---:|---:|---:|");
        foreach (var r in results)
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| `{r.Scenario.Name}`: {r.Scenario.Title} | {Statistics.Median(r.Reference.Rates):N0} | {Statistics.Median(r.Candidate.Rates):N0} | **{Statistics.Median(r.Ratios):F2}** | {r.Ratios.Min():F2}–{r.Ratios.Max():F2} |");
        }

        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"Each cell: reference / {candidate}.").AppendLine();
        text.AppendLine("| scenario | p50 ms | p95 ms | p99 ms | SQL commands per request | allocated KiB per request | server CPU µs per request | load generator CPU µs per request |");
        text.AppendLine("|---|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var r in results)
        {
            text.AppendLine(
                $"| `{r.Scenario.Name}` | {Both(r, t => Latency(t, .50))} | {Both(r, t => Latency(t, .95))} | {Both(r, t => Latency(t, .99))} | "
                + $"{Both(r, t => t.Commands.ToString("F2", CultureInfo.InvariantCulture))} | {Both(r, t => (t.AllocatedBytes / 1024).ToString("F1", CultureInfo.InvariantCulture))} | "
                + $"{Both(r, t => t.CpuMicroseconds.ToString("F0", CultureInfo.InvariantCulture))} | "
                + $"{Both(r, t => t.LoadMicroseconds.ToString("F0", CultureInfo.InvariantCulture))} |");
        }

        text.AppendLine().AppendLine("| circumstance | |").AppendLine("|---|---|");
        foreach (var (name, value) in facts)
            text.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {value} |");
        text.AppendLine(CultureInfo.InvariantCulture,
            $"| data | {size.Tenants} tenants, each with {size.Contacts:N0} contacts, {size.Companies:N0} companies, {size.Deals:N0} deals |");
        text.AppendLine(CultureInfo.InvariantCulture,
            $"| load | {plan.Connections} connections, {plan.Rounds} rounds of {plan.Round.TotalSeconds:F0} s for each server in turn, after {plan.WarmUp.TotalSeconds:F0} s of warm-up |");
        return text.ToString();
    }

    /// <summary>Puts the tables into the document.</summary>
    /// <exception cref="UsageException">There is no such document, or it has lost its marks.</exception>
    public static async Task WriteAsync(string path, string tables, CancellationToken cancellationToken)
    {
        var (document, begin, end) = await ReadAsync(path, cancellationToken);
        await File.WriteAllTextAsync(path, $"{document[..begin]}\n\n{tables}\n{document[end..]}", cancellationToken);
    }

    /// <summary>Finds the place for the tables; asked before a run, so that minutes of measuring are not lost to a wrong path.</summary>
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

    private static string Both(ScenarioResult result, Func<TargetResult, string> cell) => $"{cell(result.Reference)} / {cell(result.Candidate)}";

    private static string Latency(TargetResult result, double share) =>
        (Statistics.Percentile(result.Latencies, share) / 1000).ToString("F2", CultureInfo.InvariantCulture);
}
