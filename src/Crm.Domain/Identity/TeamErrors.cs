using System.Globalization;
using Crm.Domain.Common;

namespace Crm.Domain.Identity;

/// <summary>What can go wrong with teams.</summary>
public static class TeamErrors
{
    /// <summary>The team has as many members as a team can have.</summary>
    public static ConflictException Full() =>
        new("team_full", string.Create(CultureInfo.InvariantCulture, $"A team has at most {Team.MaxMembers} members."));

    /// <summary>The user is in as many teams as a user can be in.</summary>
    public static ConflictException TooMany() =>
        new("too_many_teams", string.Create(CultureInfo.InvariantCulture, $"A user is in at most {Team.MaxPerUser} teams."));
}
