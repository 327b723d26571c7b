using System.Globalization;
using System.Text;

namespace Crm.Attack;

/// <summary>What came back from a campaign.</summary>
/// <param name="Seed">The seed that makes the same requests again.</param>
/// <param name="Requests">How many requests were made.</param>
/// <param name="Operations">To how many operations.</param>
/// <param name="Answers">How often each operation answered with each status; 0 for a connection that broke off.</param>
/// <param name="Codes">How often each status came with each code.</param>
/// <param name="Unexplained">The answers that nobody meant, with what finds the request again.</param>
public sealed record CampaignResult(
    int Seed, int Requests, int Operations, IReadOnlyDictionary<(string Operation, int Status), int> Answers, IReadOnlyDictionary<string, int> Codes, IReadOnlyList<string> Unexplained)
{
    private const int Told = 50;

    /// <summary>The result as text: a table of statuses, the codes, and the first of what is unexplained.</summary>
    public string ToTable()
    {
        var text = new StringBuilder();
        text.AppendLine("| status | answers |").AppendLine("|---|---|");
        foreach (var status in Answers.GroupBy(a => a.Key.Status).OrderBy(g => g.Key))
            text.AppendLine(CultureInfo.InvariantCulture, $"| {(status.Key == 0 ? "broken off while sending more than is taken" : status.Key)} | {status.Sum(a => a.Value)} |");
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"{Requests} requests to {Operations} operations, seed {Seed}; {Unexplained.Count} unexplained");
        foreach (var (code, count) in Codes.OrderByDescending(c => c.Value))
            text.AppendLine(CultureInfo.InvariantCulture, $"{count,8} {code}");
        foreach (var finding in Unexplained.Take(Told))
            text.AppendLine(finding);
        return text.ToString();
    }
}
