namespace Crm.Application.RateLimiting;

/// <summary>How often an operation may be called, by whom it is for and what it costs; declared where the operation is.</summary>
public enum RateLimitClass
{
    /// <summary>For everybody, by address.</summary>
    Public,

    /// <summary>Proves who somebody is by a secret: by address and account, on top of <see cref="Public"/>.</summary>
    Login,

    /// <summary>For whoever is signed in, by user; whoever is not falls under <see cref="Public"/>.</summary>
    Authenticated,

    /// <summary>Administers a tenant, or the host: by user, in place of <see cref="Authenticated"/>.</summary>
    Admin,

    /// <summary>Moves money: by user, on top of <see cref="Authenticated"/>.</summary>
    Payment,

    /// <summary>Asks an AI provider: by user, on top of <see cref="Authenticated"/>.</summary>
    Ai,
}
