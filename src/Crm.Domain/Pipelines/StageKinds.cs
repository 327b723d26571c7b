namespace Crm.Domain.Pipelines;

/// <summary>What a stage means for the deals in it.</summary>
public static class StageKinds
{
    /// <summary>The deal is being worked on.</summary>
    public const string Open = "open";

    /// <summary>The deal is won.</summary>
    public const string Won = "won";

    /// <summary>The deal is lost.</summary>
    public const string Lost = "lost";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Open, Won, Lost];

    /// <summary>The probability a stage of a kind has: what was asked for while open, certain once closed.</summary>
    public static int Probability(string kind, int asked) => kind switch { Won => 100, Lost => 0, _ => asked };
}
