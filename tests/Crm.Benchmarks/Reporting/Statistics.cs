namespace Crm.Benchmarks.Reporting;

/// <summary>The few numbers that sum up a row of measurements.</summary>
internal static class Statistics
{
    /// <summary>The middle of some numbers, or the mean of the two in the middle.</summary>
    public static double Median(IEnumerable<double> numbers)
    {
        var sorted = numbers.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The number that a share of all numbers does not exceed.</summary>
    public static double Percentile(IReadOnlyList<double> ascending, double share) =>
        ascending[Math.Clamp((int)Math.Ceiling(share * ascending.Count) - 1, 0, ascending.Count - 1)];
}
