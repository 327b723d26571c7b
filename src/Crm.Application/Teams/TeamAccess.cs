using Crm.Application.Authorization;
using Crm.Domain.Identity;

namespace Crm.Application.Teams;

/// <summary>Who may decide which users share their records.</summary>
internal static class TeamAccess
{
    /// <summary>Refuses a caller whose own permissions do not cover all records: putting someone in a team, oneself included, would give away records the caller cannot see.</summary>
    /// <param name="caller">The caller.</param>
    public static void DemandAllRecords(this ICaller caller)
    {
        if (Permissions.Scoped.Any(p => caller.Permissions.Contains(p) && caller.Grants.OwnersFor(p) is not null))
            throw RoleErrors.ExceedsOwnAccess();
    }
}
