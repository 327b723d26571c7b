using Crm.Domain.Common;

namespace Crm.Domain.Identity;

/// <summary>What can go wrong when memberships are put out of use and in use again.</summary>
public static class MembershipErrors
{
    /// <summary>The tenant has no such user.</summary>
    public static NotFoundException NotFound() => new("user");

    /// <summary>Nobody deactivates themselves.</summary>
    public static ConflictException Own() => new("own_membership", "Nobody deactivates themselves; another admin can do it.");

    /// <summary>The account was unlocked as often as it may be for now.</summary>
    public static ConflictException UnlockLimitReached() =>
        new("unlock_limit_reached", "The account was unlocked three times within an hour; a lock opens by itself, or the host's operator opens it.");

    /// <summary>The user who is to get the records is none, or is not active.</summary>
    public static InvalidException UnknownHeir() => new([FieldError.At("/reassignTo", "reference_not_found", "There is no such active user.")]);
}
