using Crm.Application.Records;
using Crm.Domain.Common;
using Crm.Domain.Identity;

namespace Crm.Application.Roles;

/// <summary>What was sent about a role, checked against the permissions, records and fields there are.</summary>
internal static class RoleInput
{
    private static readonly IReadOnlyDictionary<string, string?> Nothing = new Dictionary<string, string?>();

    // Every record has them, and scopes and versions rest on them.
    private static readonly string[] Unrestricted = ["id", "version", "createdAt", "updatedAt", "deletedAt", "ownerId"];

    /// <summary>Writes what was sent to a role.</summary>
    /// <exception cref="InvalidException">A permission would be narrowed that the role would not have.</exception>
    public static void ApplyToRole(this RecordInput<Role> input, Role role)
    {
        input.ApplyTo(role);
        role.Restrict(Rules(input, "scopes"), Rules(input, "fields"));
        var idle = role.Scopes.Keys.Except(role.Permissions).Order(StringComparer.Ordinal).Select(p => RoleErrors.PermissionNotHeld($"/scopes/{JsonPointer.Escape(p)}")).ToList();
        if (idle.Count > 0)
            throw new InvalidException(idle);
    }

    /// <summary>Finds permissions that there are not.</summary>
    public static IEnumerable<FieldError> FaultsOfPermissions(IReadOnlyList<string> permissions, string pointer) =>
        permissions.Index().Where(p => !Permissions.All.Contains(p.Item)).Select(p => RoleErrors.UnknownPermission(FormattableString.Invariant($"{pointer}/{p.Index}")));

    /// <summary>Finds scopes of what has none, and scopes that there are not.</summary>
    public static IEnumerable<FieldError> FaultsOfScopes(IReadOnlyDictionary<string, string?> scopes, string pointer) =>
        FaultsOf(scopes, pointer, Permissions.Scoped.Contains, RoleErrors.NotScoped, RecordScopes.Every);

    /// <summary>Finds rules for fields that cannot have one, and rules that there are not.</summary>
    public static IEnumerable<FieldError> FaultsOfFields(IReadOnlyDictionary<string, string?> fields, string pointer, RecordModel types) =>
        FaultsOf(fields, pointer, field => IsRestrictable(field, types), RoleErrors.NotRestrictable, FieldRules.Every);

    /// <summary>Whether a role may have a rule for a field.</summary>
    public static bool IsRestrictable(string field, RecordModel types) =>
        field.Split('.') is [var plural, var name]
        && !Unrestricted.Contains(name)
        && types.All.FirstOrDefault(t => t.Plural == plural) is { } type
        && Permissions.Scoped.Contains(type.ReadPermission)
        && type.Field(name) is not null;

    private static IEnumerable<FieldError> FaultsOf(
        IReadOnlyDictionary<string, string?> rules, string pointer, Func<string, bool> isKnown, Func<string, FieldError> unknown, IReadOnlyList<string> choices)
    {
        foreach (var (name, rule) in rules)
        {
            var at = $"{pointer}/{JsonPointer.Escape(name)}";
            if (!isKnown(name))
                yield return unknown(at);
            else if (rule is not null && !choices.Contains(rule))
                yield return FieldErrors.Choice(at, choices);
        }
    }

    private static IReadOnlyDictionary<string, string?> Rules(RecordInput<Role> input, string name) =>
        input.Values.FirstOrDefault(v => v.Key.Name == name).Value as IReadOnlyDictionary<string, string?> ?? Nothing;
}
