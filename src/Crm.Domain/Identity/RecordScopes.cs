namespace Crm.Domain.Identity;

/// <summary>Whose records a permission covers. A role without a word about it covers everyone's.</summary>
public static class RecordScopes
{
    /// <summary>The member's own records: those whose owner the member is.</summary>
    public const string Own = "own";

    /// <summary>The records of the member and of everyone who shares a team with the member.</summary>
    public const string Team = "team";

    /// <summary>All records, those without an owner included.</summary>
    public const string All = "all";

    /// <summary>All scopes, the narrowest first.</summary>
    public static IReadOnlyList<string> Every { get; } = [Own, Team, All];
}
