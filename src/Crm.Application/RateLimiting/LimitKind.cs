namespace Crm.Application.RateLimiting;

/// <summary>
/// What is counted. A request that falls under several is counted in this order, so that two that share some never wait for each other.
/// </summary>
public enum LimitKind
{
    /// <summary>All requests of an address, over all classes; only in the strict profile, or when configured.</summary>
    Address,

    /// <summary>Requests of an address that nobody is signed in for.</summary>
    Public,

    /// <summary>Attempts to prove who one is, of an address for an account.</summary>
    Login,

    /// <summary>Requests of a user.</summary>
    Authenticated,

    /// <summary>Administrative requests of a user.</summary>
    Admin,

    /// <summary>Attempts of a user to pay.</summary>
    Payment,

    /// <summary>Requests of a user to an AI provider.</summary>
    Ai,

    /// <summary>Requests of all users of a tenant.</summary>
    Tenant,
}
