using System.Text.Json;

namespace Crm.Benchmarks.Load;

/// <summary>One kind of request, sent over many connections.</summary>
internal sealed class RequestLoad(Scenario scenario, LoadLoop loop, WrittenRecords written) : ILoad
{
    private const long Compared = 20;

    public string Name => scenario.Name;

    public string Title => scenario.Title;

    public string Unit => "request";

    public async Task<string?> FindDifferenceAsync(Target reference, Target candidate, CancellationToken cancellationToken)
    {
        for (var seed = 1L; seed <= Compared; seed++)
        {
            var (one, oneWritten) = await AskAsync(reference, seed, cancellationToken);
            var (other, otherWritten) = await AskAsync(candidate, seed, cancellationToken);
            if (AnswerComparer.Difference(one, other, scenario.IsRead) is { } answer)
                return "answer " + answer;
            if (oneWritten?.DifferenceFrom(otherWritten!) is { } row)
                return "written " + row;
        }

        return null;
    }

    public Task<LoadResult> RunAsync(Target target, TimeSpan duration, int most, ulong seed, CancellationToken cancellationToken) =>
        Task.FromResult(loop.Run(scenario, target, duration, most, seed, cancellationToken));

    private async Task<(string Answer, WrittenRecord? Written)> AskAsync(Target target, long seed, CancellationToken cancellationToken)
    {
        if (scenario.IsRead)
            return (loop.Ask(scenario, target, (ulong)seed, seed), null);

        // What a write changes depends on what was there: a write before it makes that the same for both servers.
        loop.Ask(scenario, target, (ulong)seed, 2 * seed);
        var answer = loop.Ask(scenario, target, (ulong)seed, (2 * seed) + 1);
        using var json = JsonDocument.Parse(answer);
        return (answer, await written.ReadAsync(json.RootElement.GetProperty("id").GetGuid(), cancellationToken));
    }
}
