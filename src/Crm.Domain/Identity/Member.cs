using Crm.Domain.Common;

namespace Crm.Domain.Identity;

/// <summary>A membership together with the user's own data, as the tenant sees it. Read-only: it is a view over both.</summary>
public sealed class Member : Record
{
    /// <summary>The name others see.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The e-mail address.</summary>
    public string Email { get; private set; } = "";

    /// <summary>The role that decides what the member may do.</summary>
    public Guid RoleId { get; private set; }

    /// <summary>Whether the member may use the tenant.</summary>
    public bool Active { get; private set; }
}
