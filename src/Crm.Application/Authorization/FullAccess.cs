using Crm.Domain.Identity;

namespace Crm.Application.Authorization;

/// <summary>Who may decide that others see records: those alone who see all of them.</summary>
internal static class FullAccess
{
    /// <summary>
    /// Refuses a caller whose own permissions do not cover all records: putting someone in a team, or handing records over, to oneself
    /// included, would give away records
    /// the caller cannot see.
    /// </summary>
    public static void DemandAllRecords(this ICaller caller)
    {
        if (Permissions.Scoped.Any(p => caller.Permissions.Contains(p) && caller.Grants.OwnersFor(p) is not null))
            throw RoleErrors.ExceedsOwnAccess();
    }
}
