using System.Globalization;
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
    /// <param name="input">What was sent.</param>
    /// <param name="role">The role.</param>
    /// <param name="types">The record types there are.</param>
    /// <exception cref="InvalidException">Something sent names what there is not; all is told.</exception>
    public static void ApplyTo(this RecordInput<Role> input, Role role, RecordTypes types)
    {
        var (scopes, fields) = (Rules(input, "scopes"), Rules(input, "fields"));
        List<FieldError> errors = [];
        if (input.TryGet(r => r.Permissions, out var permissions))
        {
            errors.AddRange(permissions.Index().Where(p => !Permissions.All.Contains(p.Item))
                .Select(p => RoleErrors.UnknownPermission("/permissions/" + p.Index.ToString(CultureInfo.InvariantCulture))));
        }

        errors.AddRange(scopes.Select(s => Fault($"/scopes/{JsonPointer.Escape(s.Key)}", Permissions.Scoped.Contains(s.Key), RoleErrors.NotScoped, s.Value, RecordScopes.Every)).OfType<FieldError>());
        errors.AddRange(fields.Select(f => Fault($"/fields/{JsonPointer.Escape(f.Key)}", IsRestrictable(f.Key, types), RoleErrors.NotRestrictable, f.Value, FieldRules.Every)).OfType<FieldError>());
        if (errors.Count > 0)
            throw new InvalidException(errors);

        input.ApplyTo(role);
        role.Restrict(scopes, fields);
    }

    /// <summary>Whether a role may have a rule for a field.</summary>
    /// <param name="field">The field, such as <c>deals.amount</c>.</param>
    /// <param name="types">The record types there are.</param>
    /// <returns>Whether it may.</returns>
    public static bool IsRestrictable(string field, RecordTypes types) =>
        field.Split('.') is [var plural, var name]
        && !Unrestricted.Contains(name)
        && types.All.FirstOrDefault(t => t.Plural == plural) is { } type
        && Permissions.Scoped.Contains(type.ReadPermission)
        && type.Field(name) is not null;

    private static FieldError? Fault(string pointer, bool isKnown, Func<string, FieldError> unknown, string? rule, IReadOnlyList<string> rules) =>
        !isKnown ? unknown(pointer) : rule is null || rules.Contains(rule) ? null : FieldErrors.Choice(pointer, rules);

    private static IReadOnlyDictionary<string, string?> Rules(RecordInput<Role> input, string name) =>
        input.Values.FirstOrDefault(v => v.Key.Name == name).Value as IReadOnlyDictionary<string, string?> ?? Nothing;
}
