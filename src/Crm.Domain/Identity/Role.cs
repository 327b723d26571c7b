using Crm.Domain.Common;

namespace Crm.Domain.Identity;

/// <summary>A named set of permissions within a tenant.</summary>
public sealed class Role : Record
{
    /// <summary>The name it goes by, such as <c>admin</c>.</summary>
    public string Name { get; set; } = "";

    /// <summary>What its holders may do, such as <c>contacts:read</c>.</summary>
    public IReadOnlyList<string> Permissions { get; set; } = [];

    /// <summary>Whether it came with the tenant and cannot be changed.</summary>
    public bool BuiltIn { get; init; }
}
