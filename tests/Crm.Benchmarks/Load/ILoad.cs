namespace Crm.Benchmarks.Load;

/// <summary>Something that two servers are measured at.</summary>
internal interface ILoad
{
    /// <summary>Its name on the command line and in the report.</summary>
    string Name { get; }

    /// <summary>What is done, in a few words.</summary>
    string Title { get; }

    /// <summary>What rates and costs are per: <c>request</c> or <c>row</c>.</summary>
    string Unit { get; }

    /// <summary>Finds where the servers answer differently, or write differently.</summary>
    Task<string?> FindDifferenceAsync(Target reference, Target candidate, CancellationToken cancellationToken);

    /// <summary>Drives one server.</summary>
    /// <param name="duration">Nothing is begun after this time.</param>
    /// <param name="most">Nothing is begun after so many units.</param>
    /// <param name="seed">The same seed asks for the same.</param>
    /// <exception cref="InvalidOperationException">The server answered anything else than expected.</exception>
    Task<LoadResult> RunAsync(Target target, TimeSpan duration, int most, ulong seed, CancellationToken cancellationToken);
}

/// <summary>What a stretch of load came to.</summary>
/// <param name="Units">How many requests, or rows.</param>
/// <param name="Latencies">How long each answer took, in microseconds; for an import until its last row is written.</param>
internal sealed record LoadResult(TimeSpan Elapsed, long Units, IReadOnlyList<double> Latencies)
{
    public double Rate => Units / Elapsed.TotalSeconds;
}
