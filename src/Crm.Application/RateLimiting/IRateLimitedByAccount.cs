namespace Crm.Application.RateLimiting;

/// <summary>
/// A request that proves who somebody is by a secret, and so could be used to guess one. Operations that make it are of the class <see
/// cref="RateLimitClass.Login"/>.
/// </summary>
public interface IRateLimitedByAccount
{
    /// <summary>What is tried: the e-mail address of the account in any case, or the token that stands for it; as sent.</summary>
    string RateLimitedAccount { get; }
}
