using Crm.Domain.Common;

namespace Crm.Domain.Identity;

/// <summary>A user's place in a tenant. Its <see cref="Entity.Id"/> is the user's, so that owners are references to members.</summary>
public sealed class Membership : Record
{
    /// <summary>The role that decides what the member may do.</summary>
    public Guid RoleId { get; set; }

    /// <summary>Whether the member may use the tenant.</summary>
    public bool Active { get; set; } = true;
}
