using Crm.Application.Records;
using Crm.Domain.Identity;

namespace Crm.Application.Roles;

/// <summary>What a role is to the API.</summary>
public sealed class RoleRecord : RecordType<Role>
{
    /// <summary>The most permissions, scopes and field rules a role can have, each.</summary>
    public const int MaxRules = 200;

    /// <summary>Declares the fields.</summary>
    public RoleRecord()
        : base("role", "roles", writersDelete: true)
    {
        IsAdministration = true;
        Text(r => r.Name).AtMost(100).Required().FoldedInto("NameLower").Unique().Described("The name it goes by; unique among the tenant's roles, whatever the case.");
        Text(r => r.Description).AtMost(1000, multiLine: true).NotIndexed().Described("What it is for.");
        Declare(r => r.Permissions, FieldKind.Tags).AtMost(100).AtMostItems(MaxRules).Required().NotIndexed().Obeying<IReadOnlyList<string>>(RoleInput.FaultsOfPermissions).Described("What its holders may do, such as contacts:read.");
        Declare(r => r.Scopes, FieldKind.Rules).AtMost(20).AtMostItems(MaxRules).WrittenByRules().Obeying<IReadOnlyDictionary<string, string?>>(RoleInput.FaultsOfScopes).Described("Permissions that cover the records of some owners only, such as deals:write, each with own or team; one that is not named covers all. In a merge patch null or all takes a rule away.");
        Declare(r => r.Fields, FieldKind.Rules).AtMost(20).AtMostItems(MaxRules).WrittenByRules().Obeying<IReadOnlyDictionary<string, string?>>((rules, at) => RoleInput.FaultsOfFields(rules, at, Types)).Described("Fields such as deals.amount of which less is allowed than of their record, each with none or read; one that is not named can be read and written. In a merge patch null takes a rule away.");
        Declare(r => r.BuiltIn, FieldKind.Boolean).Described("Whether it came with the tenant and can be neither changed nor deleted.");
    }
}
