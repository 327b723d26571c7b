using Crm.Domain.Common;

namespace Crm.Domain.Identity;

/// <summary>A person who signs in; stands above tenants and is a member of any number of them.</summary>
public sealed class User : IHostEntity
{
    /// <summary>The identity, a UUIDv7.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The e-mail address to sign in with; unique without regard to case.</summary>
    public string Email { get; set; } = "";

    /// <summary>The name others see.</summary>
    public string Name { get; set; } = "";

    /// <summary>The password's hash in the framework's own format; <c>null</c> for one who cannot sign in by password.</summary>
    public string? PasswordHash { get; set; }

    /// <summary>Whether the person operates the host.</summary>
    public bool IsHostOperator { get; set; }

    /// <summary>When the user was created, UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }
}
