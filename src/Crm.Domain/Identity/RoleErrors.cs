using Crm.Domain.Common;

namespace Crm.Domain.Identity;

/// <summary>What can go wrong with roles, and with giving them to users.</summary>
public static class RoleErrors
{
    /// <summary>The role came with the tenant.</summary>
    public static ConflictException BuiltIn() =>
        new("role_built_in", "Built-in roles can neither be changed nor deleted; make a role of your own instead.");

    /// <summary>Members have the role, or an invitation promises it.</summary>
    public static ConflictException InUse() =>
        new("role_in_use", "Members have this role, or an invitation promises it; give them another one first.");

    /// <summary>The tenant would be left without an active owner.</summary>
    public static ConflictException LastOwner() =>
        new("last_owner", "This is the tenant's last active owner; make someone else an owner first.");

    /// <summary>The role, or the team, would allow more than the caller's own role allows the caller.</summary>
    public static ForbiddenException ExceedsOwnAccess() =>
        new("exceeds_own_access", "Nobody grants what they do not have themselves: a permission, the records it covers, or a field.");

    /// <summary>There is no permission of that name.</summary>
    public static FieldError UnknownPermission(string pointer) => FieldError.At(pointer, "unknown_permission", "There is no such permission.");

    /// <summary>What was named is no permission whose records can be narrowed.</summary>
    public static FieldError NotScoped(string pointer) =>
        FieldError.At(pointer, "not_scoped", "Only permissions of companies, contacts, deals and products can be narrowed to the records of some owners.");

    /// <summary>A permission is narrowed that the role does not have.</summary>
    public static FieldError PermissionNotHeld(string pointer) =>
        FieldError.At(pointer, "permission_not_held", "The role does not have this permission: give it the permission, or take the scope away with null.");

    /// <summary>What was named is no field that a role can restrict.</summary>
    public static FieldError NotRestrictable(string pointer) => FieldError.At(
        pointer, "not_restrictable", "Expected a field of companies, contacts, deals or products, such as deals.amount; id, version, owner and times cannot be restricted.");
}
