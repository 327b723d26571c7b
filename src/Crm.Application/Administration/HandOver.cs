using Crm.Application.Authorization;
using Crm.Domain.Identity;

namespace Crm.Application.Administration;

/// <summary>Who may decide that all records of one user become another's.</summary>
internal static class HandOver
{
    /// <summary>
    /// Refuses a caller who may not read and write all records of every type that is handed over: to whoever gets them, oneself included,
    /// it would give
    /// what the caller does not have. Asked whether or not there are records, so that the answer does not tell.
    /// </summary>
    public static void DemandHandOver(this ICaller caller)
    {
        if (!Permissions.HandedOver.All(caller.Permissions.Contains))
            throw RoleErrors.ExceedsOwnAccess();
        caller.DemandAllRecords();
    }
}
