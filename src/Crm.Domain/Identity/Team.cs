using Crm.Domain.Common;

namespace Crm.Domain.Identity;

/// <summary>
/// Users who work together: a permission with the scope <c>team</c> covers the records of everyone who shares a team with its holder.
/// </summary>
public sealed class Team : Record
{
    /// <summary>The most users a team can have; bounds what a question about a team's records costs.</summary>
    public const int MaxMembers = 500;

    /// <summary>The most teams a user can be in.</summary>
    public const int MaxPerUser = 20;

    /// <summary>The name it goes by.</summary>
    public string Name { get; set; } = "";

    /// <summary>What it is for.</summary>
    public string? Description { get; set; }
}

/// <summary>A user's place in a team. One who leaves keeps the row, so that the change log tells when they came and went.</summary>
public sealed class TeamMember : Record
{
    /// <summary>The team.</summary>
    public Guid TeamId { get; init; }

    /// <summary>The user.</summary>
    public Guid UserId { get; init; }

    /// <summary>Whether the user is in the team at present.</summary>
    public bool Active { get; set; } = true;
}
