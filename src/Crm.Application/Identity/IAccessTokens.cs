using System.Security.Claims;

namespace Crm.Application.Identity;

/// <summary>Issues and checks access tokens.</summary>
public interface IAccessTokens
{
    /// <summary>Issues a token.</summary>
    IssuedToken Issue(Guid userId, Guid? tenantId, Guid sessionId);

    /// <summary>
    /// Checks a token: form, algorithm, key, signature, issuer, audience, times. Whether its user may still use it is another question.
    /// </summary>
    TokenCheck Check(string token);
}

/// <summary>A token as it is handed out.</summary>
/// <param name="Value">The compact form, to be sent as bearer.</param>
/// <param name="ExpiresIn">How long it is good for.</param>
public sealed record IssuedToken(string Value, TimeSpan ExpiresIn)
{
    /// <summary>The name alone: the token must not end up in a log.</summary>
    public override string ToString() => nameof(IssuedToken);
}

/// <summary>What a good token says.</summary>
/// <param name="UserId">Who it is for (<c>sub</c>).</param>
/// <param name="TenantId">The tenant it opens (<c>tid</c>); <c>null</c> for one of the host's operator.</param>
/// <param name="SessionId">The session it belongs to (<c>sid</c>).</param>
/// <param name="TokenId">The token's own identity (<c>jti</c>).</param>
/// <param name="ExpiresAt">When it ends (<c>exp</c>), UTC.</param>
/// <param name="Principal">The same as claims; shared among requests, so nobody may add to it.</param>
public sealed record AccessToken(Guid UserId, Guid? TenantId, Guid SessionId, string TokenId, DateTimeOffset ExpiresAt, ClaimsPrincipal Principal);

/// <summary>The outcome of checking a token.</summary>
/// <param name="Token">What it says; <c>null</c> when it is refused.</param>
/// <param name="IsExpired">Whether the only thing wrong with it is its age.</param>
public readonly record struct TokenCheck(AccessToken? Token, bool IsExpired)
{
    /// <summary>The outcome for a token that is wrong in any way but its age.</summary>
    public static TokenCheck Invalid => default;

    /// <summary>The outcome for a token that was good once.</summary>
    public static TokenCheck Expired => new(null, IsExpired: true);
}

/// <summary>The names of the claims in an access token.</summary>
public static class TokenClaims
{
    /// <summary>The user.</summary>
    public const string Subject = "sub";

    /// <summary>The tenant.</summary>
    public const string Tenant = "tid";

    /// <summary>The session.</summary>
    public const string Session = "sid";

    /// <summary>The token's own identity.</summary>
    public const string TokenId = "jti";

    /// <summary>What the token is limited to; absent unless it is <see cref="HostScope"/>.</summary>
    public const string Scope = "scope";

    /// <summary>The scope of a token of the host's operator.</summary>
    public const string HostScope = "host";
}
