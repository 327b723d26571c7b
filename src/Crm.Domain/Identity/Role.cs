using Crm.Domain.Common;

namespace Crm.Domain.Identity;

/// <summary>A named set of permissions within a tenant, with the records and fields they cover.</summary>
public sealed class Role : Record
{
    /// <summary>The name it goes by, such as <c>admin</c>.</summary>
    public string Name { get; set; } = "";

    /// <summary>What it is for.</summary>
    public string? Description { get; set; }

    /// <summary>What its holders may do, such as <c>contacts:read</c>.</summary>
    public IReadOnlyList<string> Permissions { get; set; } = [];

    /// <summary>
    /// Permissions that cover the records of some owners only: permission → one of <see cref="RecordScopes"/>, never <c>all</c>.
    /// </summary>
    public RuleDictionary Scopes { get; private set; } = RuleDictionary.Empty;

    /// <summary>Fields of which less is allowed than of their record: <c>deals.amount</c> → one of <see cref="FieldRules"/>.</summary>
    public RuleDictionary Fields { get; private set; } = RuleDictionary.Empty;

    /// <summary>Whether it came with the tenant and cannot be changed.</summary>
    public bool BuiltIn { get; private set; }

    /// <summary>Makes a role that comes with the tenant.</summary>
    public static Role ThatComesWithTheTenant(string name) => new() { Name = name, Permissions = BuiltInRoles.All[name], BuiltIn = true };

    /// <summary>Changes what the permissions cover, by merge patches.</summary>
    public void Restrict(IReadOnlyDictionary<string, string?> scopes, IReadOnlyDictionary<string, string?> fields)
    {
        Scopes = Scopes.With(scopes.ToDictionary(s => s.Key, s => s.Value == RecordScopes.All ? null : s.Value));
        Fields = Fields.With(fields);
    }

    /// <summary>
    /// Whether the role allows anything that its giver may not do: a permission the giver lacks, a wider scope, or more of a field.
    /// </summary>
    public bool Exceeds(IReadOnlySet<string> held, Role? own) =>
        !Permissions.All(held.Contains) || (own is not null && (Permissions.Any(p => Reach(this, p) > Reach(own, p)) || own.Fields.Any(f => Touches(f.Key) && Freedom(this, f.Key) > Freedom(own, f.Key))));

    private bool Touches(string field) => Permissions.Any(p => p.StartsWith(field[..field.IndexOf('.', StringComparison.Ordinal)] + ":", StringComparison.Ordinal));

    private static int Reach(Role role, string permission) => Place(RecordScopes.Every, role.Scopes.GetValueOrDefault(permission));

    private static int Freedom(Role role, string field) => Place(FieldRules.Every, role.Fields.GetValueOrDefault(field));

    // The lists begin with the narrowest; what has no rule is wider than all of them.
    private static int Place(IReadOnlyList<string> rules, string? rule) => rule is null ? rules.Count : rules.ToList().IndexOf(rule);
}
