namespace Crm.Application.Authorization;

/// <summary>
/// The permission a request needs. Every request carries this, <see cref="PublicAttribute"/>, <see cref="SignedInAttribute"/> or <see
/// cref="HostScopeAttribute"/>; a test holds it.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class RequiresAttribute(string permission) : Attribute
{
    /// <summary>The permission, such as <c>contacts:read</c>.</summary>
    public string Permission { get; } = permission;
}

/// <summary>The request may be made by anyone, signed in or not; it has no tenant.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class PublicAttribute : Attribute;

/// <summary>The request may be made by every member of a tenant, whatever the role.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SignedInAttribute : Attribute
{
    /// <summary>Whether the host's operator may make it too: then it concerns the user alone, and has no need of a tenant.</summary>
    public bool AtHost { get; init; }
}

/// <summary>
/// The request may be made by a user who has signed in, not by a program with an API key: so that who gets hold of a key can neither make
/// another nor lock
/// its user out. Stands beside the attribute that says which users.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsSessionAttribute : Attribute;

/// <summary>The request belongs to the host's operator; it has no tenant.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class HostScopeAttribute : Attribute;
