using System.Text.RegularExpressions;

namespace Crm.Isolation.Tests.Statements;

/// <summary>
/// Reads SQL for what it does with tenants' tables: each table that is read, changed or joined must be restricted by <c>tenant_id</c> in
/// the
/// statement itself, and each row that is inserted must name it first. The policies would do without; plans, shards and a policy's
/// absence would not.
/// </summary>
internal sealed partial class TenantPredicate(IReadOnlyList<string> tenantTables)
{
    private static readonly string[] Keywords =
        ["where", "set", "on", "left", "inner", "join", "using", "order", "limit", "group", "for", "select", "cross", "union", "returning", "values", "as", "and", "or"];

    /// <summary>Looks at a statement.</summary>
    public IEnumerable<string> Findings(string sql)
    {
        var text = Space().Replace(sql.Replace("\"", "", StringComparison.Ordinal), " ").Trim();
        if (text.StartsWith("ANALYZE", StringComparison.OrdinalIgnoreCase))
            yield break;
        var needed = new Dictionary<string, int>();
        foreach (Match use in Use().Matches(text))
        {
            if (!tenantTables.Contains(use.Groups["table"].Value))
                continue;
            if (use.Groups["verb"].Value.Equals("INTO", StringComparison.OrdinalIgnoreCase))
            {
                if (!text[(use.Index + use.Length)..].TrimStart().StartsWith("(tenant_id", StringComparison.Ordinal) && !NamesTenant(text, use))
                    yield return $"an INSERT into {use.Groups["table"].Value} does not name tenant_id: {text}";
                continue;
            }

            var alias = use.Groups["alias"].Value;
            if (alias.Length == 0 || Keywords.Contains(alias.ToLowerInvariant()))
                alias = "";
            needed[alias] = needed.GetValueOrDefault(alias) + 1;
        }

        foreach (var (alias, times) in needed)
        {
            if (Restrictions(text, alias) < times)
                yield return $"'{alias}' is not restricted by tenant_id as often as it stands for a table: {text}";
        }
    }

    // EF orders the columns by its own rule: the key comes first, so the tenant is among the first two.
    private static bool NamesTenant(string text, Match use) =>
        InsertColumns().Match(text, use.Index) is { Success: true } columns && columns.Groups["columns"].Value.Split(',').Any(c => c.Trim() == "tenant_id");

    // By a parameter, or by another table's tenant, which is restricted itself.
    private static int Restrictions(string text, string alias) => alias.Length == 0
        ? Regex.Count(text, @"(?<![\w.])tenant_id = [$@]\w+", RegexOptions.None)
        : Regex.Count(text, $@"\b{Regex.Escape(alias)}\.tenant_id = ([$@]\w+|\w+\.tenant_id)|\w+\.tenant_id = {Regex.Escape(alias)}\.tenant_id\b");

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex(@"\b(?<verb>FROM|JOIN|UPDATE|INTO|USING)\s+(?<table>\w+)(\s+(AS\s+)?(?<alias>\w+))?", RegexOptions.IgnoreCase)]
    private static partial Regex Use();

    [GeneratedRegex(@"INTO \w+ \((?<columns>[^)]*)\)", RegexOptions.IgnoreCase)]
    private static partial Regex InsertColumns();
}
