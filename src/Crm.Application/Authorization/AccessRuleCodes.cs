namespace Crm.Application.Authorization;

/// <summary>The rules that decide whether a member of a tenant may do something, in the order in which they are looked at.</summary>
public static class AccessRuleCodes
{
    /// <summary>The user has an active membership in the tenant.</summary>
    public const string MembershipActive = "membership_active";

    /// <summary>The user's role has the permission.</summary>
    public const string PermissionHeld = "permission_held";

    /// <summary>No rule of the role hides the field.</summary>
    public const string FieldReadable = "field_readable";

    /// <summary>No rule of the role keeps the field from being written.</summary>
    public const string FieldWritable = "field_writable";

    /// <summary>The record is among those the user can read; any other does not exist for the user.</summary>
    public const string RecordInReadScope = "record_in_read_scope";

    /// <summary>The record is among those the permission covers.</summary>
    public const string RecordInScope = "record_in_scope";
}
