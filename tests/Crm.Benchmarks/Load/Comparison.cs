using System.Net.Http.Json;
using Crm.Benchmarks.Hosting;

namespace Crm.Benchmarks.Load;

/// <summary>How a comparison is carried out.</summary>
/// <param name="Connections">Connections at a time.</param>
/// <param name="Rounds">How often each server takes its turn.</param>
/// <param name="Round">How long a turn is.</param>
/// <param name="WarmUp">How long a server is driven before its first turn.</param>
internal sealed record ComparisonPlan(int Connections, int Rounds, TimeSpan Round, TimeSpan WarmUp)
{
    /// <summary>Reads the plan from the command line.</summary>
    public static ComparisonPlan From(Options options) => new(
        options.Number("connections", 16, 1, 64),
        options.Number("rounds", 10, 1, 99),
        TimeSpan.FromSeconds(options.Number("seconds", 2, 1, 300)),
        TimeSpan.FromSeconds(options.Number("warm-up", 10, 1, 300)));
}

/// <summary>What one server reached in one scenario.</summary>
/// <param name="Rates">Units per second, one number for each round.</param>
/// <param name="Latencies">Of all rounds, in microseconds, ascending.</param>
/// <param name="Commands">SQL commands per unit.</param>
/// <param name="AllocatedBytes">Managed bytes per unit.</param>
/// <param name="CpuMicroseconds">Processor time of the server's process per unit.</param>
/// <param name="LoadMicroseconds">Processor time of the load generator per unit.</param>
internal sealed record TargetResult(
    IReadOnlyList<double> Rates,
    IReadOnlyList<double> Latencies,
    double Commands,
    double AllocatedBytes,
    double CpuMicroseconds,
    double LoadMicroseconds);

/// <summary>What both servers reached in one scenario.</summary>
internal sealed record ScenarioResult(ILoad Load, TargetResult Reference, TargetResult Candidate)
{
    /// <summary>For each pair of rounds the candidate's rate by the reference's.</summary>
    public IReadOnlyList<double> Ratios { get; } = [.. Reference.Rates.Zip(Candidate.Rates, (r, c) => c / r)];
}

/// <summary>
/// Drives two servers over the same data in turn: what else happens on the machine meets both, so their ratio holds where absolute numbers
/// do not. Every other round begins with the other server, so that tables that grow favour none.
/// </summary>
internal sealed class Comparison(ComparisonPlan plan, DatabaseUnderLoad database, HttpClient http, TextWriter log)
{
    private const int Counted = 2_000;

    /// <summary>Runs the scenarios one after the other.</summary>
    /// <exception cref="InvalidOperationException">The servers answer differently, or not as expected.</exception>
    public async Task<IReadOnlyList<ScenarioResult>> RunAsync(
        IReadOnlyList<ILoad> loads, Target reference, Target candidate, CancellationToken cancellationToken)
    {
        await database.CountAsync(on: false, cancellationToken);
        // The just-in-time compiler works in stages and in the background: every path is driven once before any is measured.
        foreach (var load in loads)
        {
            if (await load.FindDifferenceAsync(reference, candidate, cancellationToken) is { } difference)
                throw new InvalidOperationException($"{load.Name}: {reference.Name} and {candidate.Name} differ in the {difference}.");
            foreach (var target in new[] { reference, candidate })
                await load.RunAsync(target, plan.WarmUp, int.MaxValue, seed: 1, cancellationToken);
        }

        var results = new List<ScenarioResult>();
        foreach (var load in loads)
        {
            results.Add(await RunAsync(load, reference, candidate, cancellationToken));
            await log.WriteLineAsync($"{load.Name}: {string.Join(" ", results[^1].Ratios.Select(r => $"{r:F2}"))}");
        }

        return results;
    }

    private async Task<ScenarioResult> RunAsync(ILoad load, Target reference, Target candidate, CancellationToken cancellationToken)
    {
        await database.TidyAsync(cancellationToken);
        var one = new Measurement(reference);
        var two = new Measurement(candidate);
        await database.CountAsync(on: true, cancellationToken);
        foreach (var measured in new[] { one, two })
        {
            await load.RunAsync(measured.Target, plan.WarmUp, int.MaxValue, seed: 2, cancellationToken);
            var before = await database.CommandsAsync(measured.Target.DatabaseRole, cancellationToken);
            var counted = await load.RunAsync(measured.Target, TimeSpan.MaxValue, Counted, seed: 3, cancellationToken);
            var commands = await database.CommandsAsync(measured.Target.DatabaseRole, cancellationToken) - before;
            measured.Commands = commands / (double)counted.Units;
        }

        await database.CountAsync(on: false, cancellationToken);
        for (var round = 0; round < plan.Rounds; round++)
        {
            foreach (var measured in round % 2 == 0 ? new[] { one, two } : [two, one])
                await RoundAsync(load, measured, seed: 100UL + (ulong)round, cancellationToken);
        }

        return new ScenarioResult(load, one.Result(), two.Result());
    }

    private async Task RoundAsync(ILoad load, Measurement measured, ulong seed, CancellationToken cancellationToken)
    {
        // The load generator's own garbage must not be collected in a server's turn.
        GC.Collect();
        var before = await UseAsync(measured.Target, cancellationToken);
        var own = Environment.CpuUsage.TotalTime;
        var result = await load.RunAsync(measured.Target, plan.Round, int.MaxValue, seed, cancellationToken);
        measured.LoadMicroseconds += (Environment.CpuUsage.TotalTime - own).TotalMicroseconds;
        var after = await UseAsync(measured.Target, cancellationToken);
        measured.Units += result.Units;
        measured.Rates.Add(result.Rate);
        measured.Latencies.AddRange(result.Latencies);
        measured.AllocatedBytes += after.AllocatedBytes - before.AllocatedBytes;
        measured.CpuMicroseconds += after.CpuMicroseconds - before.CpuMicroseconds;
    }

    private async Task<ProcessUse> UseAsync(Target target, CancellationToken cancellationToken) =>
        (await http.GetFromJsonAsync(DiagnosticsListener.For(target.Url), DiagnosticsJson.Default.ProcessUse, cancellationToken))!;

    private sealed class Measurement(Target target)
    {
        public Target Target => target;

        public List<double> Rates { get; } = [];

        public List<double> Latencies { get; } = [];

        public long Units { get; set; }

        public double Commands { get; set; }

        public double AllocatedBytes { get; set; }

        public double CpuMicroseconds { get; set; }

        public double LoadMicroseconds { get; set; }

        public TargetResult Result()
        {
            Latencies.Sort();
            return new(Rates, Latencies, Commands, AllocatedBytes / Units, CpuMicroseconds / Units, LoadMicroseconds / Units);
        }
    }
}
