using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Crm.Isolation.Tests.Worlds;
using Crm.Testing;

namespace Crm.Isolation.Tests.Probing;

/// <summary>
/// Calls every operation with every id that can be put into it, one time an own one, one time another tenant's and one time one that no one
/// has. The other tenant's must be answered exactly as the last, and the other tenant's rows must stay as they are.
/// </summary>
internal sealed partial class Prober(World own, World other, RowHash otherRows, HttpClient anonymous)
{
    // What differs between two answers to the same request: the time, and the place of a card, which is made from its id.
    private static readonly string[] Volatile = ["traceId", "boardRank", "accessToken", "refreshToken", "csrfToken", "secret", "prefix", "lastFour", "rotatedAt"];
    private static readonly string[] VolatileHeaders = ["Date", "X-Correlation-Id", "Set-Cookie"];

    private readonly List<string> _findings = [];

    /// <summary>All answers that the calling tenant got, with what it had asked.</summary>
    public List<(string Place, Draft Asked, Answer Got)> Transcript { get; } = [];

    /// <summary>How many places were tried.</summary>
    public int Places { get; private set; }

    /// <summary>Probes operations.</summary>
    public async Task<IReadOnlyList<string>> ProbeAsync(IEnumerable<ProbedOperation> operations)
    {
        foreach (var operation in operations)
        {
            _findings.AddRange(operation.Unclassified.Select(u => $"{operation.Name}: the prober does not understand {u}"));
            if (operation.Unclassified.Count > 0)
                continue;

            // What the other tenant does itself, to have something that can be named, comes first.
            var named = new List<(Slot Slot, string? Value)>();
            foreach (var slot in operation.Slots)
                named.Add((slot, await slot.Value(other, await operation.Draft(other))));

            var before = await otherRows.TakeAsync();
            await BaselineAsync(operation);
            foreach (var (slot, value) in named)
                await ProbeAsync(operation, slot, value);
            var after = await otherRows.TakeAsync();
            _findings.AddRange(before.Keys.Where(table => before[table] != after[table]).Select(table => $"{operation.Name}: changed the other tenant's rows in {table}"));
        }

        return _findings;
    }

    private async Task BaselineAsync(ProbedOperation operation)
    {
        var draft = await operation.Draft(own);
        var answer = await SendAsync(operation.Name, operation, draft);
        if (operation.RefusedWith is { } refused ? (int)answer.Status != refused : !IsSuccess(answer))
            _findings.Add($"{operation.Name}: an own request was answered with {(int)answer.Status} {answer.Text}");
    }

    private async Task ProbeAsync(ProbedOperation operation, Slot slot, string? otherValue)
    {
        Places++;
        var place = $"{operation.Name} {slot.Name}";
        var draft = await operation.Draft(own);
        if (otherValue is null || await slot.Value(own, draft) is not { } ownValue)
        {
            _findings.Add($"{place}: the prober has no value to put there");
            return;
        }

        if (!slot.FilledByDraft)
            slot.Put(draft, ownValue);
        var mine = await SendAsync(place, operation, draft);
        if (slot.OwnStatus is { } status ? (int)mine.Status != status : !IsSuccess(mine))
            _findings.Add($"{place}: the own value was answered with {(int)mine.Status} {mine.Text}");
        else if (slot.FindsRows && mine.Body?["data"]?.AsArray().Count == 0)
            _findings.Add($"{place}: the own value found no rows");

        var theirs = await AskAsync(operation, slot, otherValue, place);
        var nobodys = await AskAsync(operation, slot, slot.Random(ownValue), place);
        if (theirs.Status != nobodys.Status)
            _findings.Add($"{place}: the other tenant's is answered with {(int)theirs.Status} {theirs.Code}, a random one with {(int)nobodys.Status} {nobodys.Code}");
        else if (Differences(theirs, nobodys) is { Length: > 0 } differences)
            _findings.Add($"{place}: the other tenant's and a random one differ: {differences}");
    }

    private async Task<Answer> AskAsync(ProbedOperation operation, Slot slot, string value, string place)
    {
        var draft = await operation.Draft(own);
        slot.Put(draft, value);
        var answer = await SendAsync(place, operation, draft);

        // What was asked for may be said again.
        return answer with { Body = answer.Body is null ? null : JsonNode.Parse(answer.Body.ToJsonString().Replace(value, "(asked)", StringComparison.Ordinal)) };
    }

    private async Task<Answer> SendAsync(string place, ProbedOperation operation, Draft draft)
    {
        var client = draft.SignedIn ? own.Tenant.Client : anonymous;
        var answer = await Sending.SendAsync(client, operation.Method, draft);
        Transcript.Add((place, draft, answer));
        return answer with { Body = Normal(answer.Body), Headers = Normal(answer.Headers) };
    }

    private static string Differences(Answer one, Answer two)
    {
        if (one.Body?.ToJsonString() != two.Body?.ToJsonString())
            return $"{one.Body?.ToJsonString()} and {two.Body?.ToJsonString()}";
        return string.Join(", ", one.Headers.Except(two.Headers).Concat(two.Headers.Except(one.Headers)).Select(h => $"{h.Key}: {h.Value}"));
    }

    private static bool IsSuccess(Answer answer) => (int)answer.Status is >= 200 and < 300;

    // Own texts, times and new ids differ from one request to the next: all of them are made the same.
    private JsonNode? Normal(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                return new JsonObject(members.Where(m => !Volatile.Contains(m.Key)).Select(m => KeyValuePair.Create(m.Key, Normal(m.Value))));
            case JsonArray items:
                return new JsonArray([.. items.Select(i => Normal(i))]);
            case JsonValue value when value.TryGetValue<string>(out var text):
                return own.Marks.In(text).Aggregate(Normal(text), (normal, mark) => normal.Replace(mark, "(own)", StringComparison.Ordinal));
            default:
                return node?.DeepClone();
        }
    }

    private static Dictionary<string, string> Normal(IReadOnlyDictionary<string, string> headers) =>
        headers.Where(h => !VolatileHeaders.Contains(h.Key)).ToDictionary(h => h.Key, h => Normal(h.Value));

    private static string Normal(string text) => Time().Replace(ProbedIds.Without(text), "(time)");

    [GeneratedRegex("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$")]
    private static partial Regex Time();
}
