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

/// <summary>What one server came to in one scenario.</summary>
/// <param name="Rates">Requests per second, one number for each round.</param>
/// <param name="Latencies">Of all rounds, in microseconds, ascending.</param>
/// <param name="Commands">SQL commands per request.</param>
/// <param name="AllocatedBytes">Managed bytes per request.</param>
/// <param name="CpuMicroseconds">Processor time of the server's process per request.</param>
/// <param name="LoadMicroseconds">Processor time of the load generator per request.</param>
internal sealed record TargetResult(
    IReadOnlyList<double> Rates, IReadOnlyList<double> Latencies, double Commands, double AllocatedBytes, double CpuMicroseconds, double LoadMicroseconds);

/// <summary>What both servers came to in one scenario.</summary>
internal sealed record ScenarioResult(Scenario Scenario, TargetResult Reference, TargetResult Candidate)
{
    /// <summary>For each pair of rounds the candidate's rate by the reference's.</summary>
    public IReadOnlyList<double> Ratios { get; } = [.. Reference.Rates.Zip(Candidate.Rates, (r, c) => c / r)];
}

/// <summary>
/// Drives two servers over the same data in turn: what else happens on the machine meets both, so their ratio holds where absolute numbers
/// do not. Every other round begins with the other server, so that tables that grow favour none.
/// </summary>
internal sealed class Comparison(ComparisonPlan plan, LoadLoop loop, DatabaseUnderLoad database, HttpClient http, TextWriter log)
{
    private const int Counted = 2_000;

    /// <summary>Runs the scenarios one after the other.</summary>
    /// <exception cref="InvalidOperationException">The servers answer differently, or not as expected.</exception>
    public async Task<IReadOnlyList<ScenarioResult>> RunAsync(
        IReadOnlyList<Scenario> scenarios, Target reference, Target candidate, CancellationToken cancellationToken)
    {
        await database.CountAsync(on: false, cancellationToken);
        // The just-in-time compiler works in stages and in the background: every path is driven once before any is measured.
        foreach (var scenario in scenarios)
        {
            Compare(scenario, reference, candidate);
            foreach (var target in new[] { reference, candidate })
                loop.Run(scenario, target, plan.WarmUp, int.MaxValue, seed: 1, cancellationToken);
        }

        var results = new List<ScenarioResult>();
        foreach (var scenario in scenarios)
        {
            results.Add(await RunAsync(scenario, reference, candidate, cancellationToken));
            await log.WriteLineAsync($"{scenario.Name}: {string.Join(" ", results[^1].Ratios.Select(r => $"{r:F2}"))}");
        }

        return results;
    }

    private void Compare(Scenario scenario, Target reference, Target candidate)
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var difference = AnswerComparer.Difference(loop.Ask(scenario, reference, seed), loop.Ask(scenario, candidate, seed), scenario.IsRead);
            if (difference is not null)
                throw new InvalidOperationException($"{reference.Name} and {candidate.Name} answer {scenario.Name} differently at {difference}.");
        }
    }

    private async Task<ScenarioResult> RunAsync(Scenario scenario, Target reference, Target candidate, CancellationToken cancellationToken)
    {
        await database.TidyAsync(cancellationToken);
        var one = new Tally(reference);
        var two = new Tally(candidate);
        await database.CountAsync(on: true, cancellationToken);
        foreach (var tally in new[] { one, two })
        {
            loop.Run(scenario, tally.Target, plan.WarmUp, int.MaxValue, seed: 2, cancellationToken);
            var before = await database.CommandsAsync(tally.Target.DatabaseRole, cancellationToken);
            loop.Run(scenario, tally.Target, TimeSpan.MaxValue, Counted, seed: 3, cancellationToken);
            tally.Commands = (await database.CommandsAsync(tally.Target.DatabaseRole, cancellationToken) - before) / (double)Counted;
        }

        await database.CountAsync(on: false, cancellationToken);
        for (var round = 0; round < plan.Rounds; round++)
        {
            foreach (var tally in round % 2 == 0 ? new[] { one, two } : [two, one])
                await RoundAsync(scenario, tally, seed: 100UL + (ulong)round, cancellationToken);
        }

        return new ScenarioResult(scenario, one.Result(), two.Result());
    }

    private async Task RoundAsync(Scenario scenario, Tally tally, ulong seed, CancellationToken cancellationToken)
    {
        // The load generator's own garbage must not be collected in a server's turn.
        GC.Collect();
        var before = await UseAsync(tally.Target, cancellationToken);
        var load = Environment.CpuUsage.TotalTime;
        var result = loop.Run(scenario, tally.Target, plan.Round, int.MaxValue, seed, cancellationToken);
        tally.Load += Environment.CpuUsage.TotalTime - load;
        var after = await UseAsync(tally.Target, cancellationToken);
        tally.Rates.Add(result.Rate);
        tally.Latencies.AddRange(result.Latencies);
        tally.AllocatedBytes += after.AllocatedBytes - before.AllocatedBytes;
        tally.CpuMicroseconds += after.CpuMicroseconds - before.CpuMicroseconds;
    }

    private async Task<ProcessUse> UseAsync(Target target, CancellationToken cancellationToken) =>
        (await http.GetFromJsonAsync(DiagnosticsListener.For(target.Url), DiagnosticsJson.Default.ProcessUse, cancellationToken))!;

    private sealed class Tally(Target target)
    {
        public Target Target => target;

        public List<double> Rates { get; } = [];

        public List<double> Latencies { get; } = [];

        public double Commands { get; set; }

        public long AllocatedBytes { get; set; }

        public double CpuMicroseconds { get; set; }

        public TimeSpan Load { get; set; }

        public TargetResult Result()
        {
            Latencies.Sort();
            return new(Rates, Latencies, Commands, AllocatedBytes / (double)Latencies.Count, CpuMicroseconds / Latencies.Count, Load.TotalMicroseconds / Latencies.Count);
        }
    }
}
