using System.Text.RegularExpressions;

namespace Crm.Isolation.Tests.Probing;

/// <summary>Finds ids in texts.</summary>
internal static partial class ProbedIds
{
    /// <summary>Finds ids.</summary>
    public static IEnumerable<string> In(string text) => Id().Matches(text).Select(m => m.Value).Distinct();

    /// <summary>Makes all ids the same.</summary>
    public static string Without(string text) => Id().Replace(text, "(id)");

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Id();
}
