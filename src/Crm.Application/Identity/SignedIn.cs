namespace Crm.Application.Identity;

/// <summary>What comes of signing in.</summary>
/// <param name="Tokens">What the client gets.</param>
/// <param name="DeviceToken">What the device shows from now on to be recognised.</param>
public sealed record SignedIn(SignInResult Tokens, string DeviceToken)
{
    /// <summary>The name alone: the tokens must not end up in a log.</summary>
    public override string ToString() => nameof(SignedIn);
}

/// <summary>The tokens of a session, as a client gets them.</summary>
/// <param name="AccessToken">The token, to be sent as <c>Authorization: Bearer</c>; <c>null</c> when it is in a cookie.</param>
/// <param name="TokenType">Always <c>Bearer</c>.</param>
/// <param name="ExpiresIn">How long the token is good for, in seconds.</param>
/// <param name="RefreshToken">What the next pair of tokens is had for, once; at <c>/api/v1/auth/refresh</c>. <c>null</c> when it is in a
/// cookie.</param>
/// <param name="Tenant">The tenant it opens; <c>null</c> when it opens the host.</param>
/// <param name="CsrfToken">What a page sends as <c>X-CSRF-Token</c> with everything it changes; <c>null</c> unless the tokens are in
/// cookies.</param>
public sealed record SignInResult(
    string? AccessToken, string TokenType, int ExpiresIn, string? RefreshToken, TenantSummary? Tenant, string? CsrfToken = null)
{
    /// <summary>The name alone: the tokens must not end up in a log.</summary>
    public override string ToString() => nameof(SignInResult);

    internal static SignInResult Of(IssuedToken token, string refreshToken, TenantSummary? tenant, string? csrfToken = null) =>
        new(token.Value, "Bearer", (int)token.ExpiresIn.TotalSeconds, refreshToken, tenant, csrfToken);
}

/// <summary>A tenant in brief.</summary>
/// <param name="Id">The tenant's id.</param>
/// <param name="Identifier">The short name.</param>
/// <param name="Name">The name people see.</param>
public sealed record TenantSummary(Guid Id, string Identifier, string Name)
{
    internal static TenantSummary Of(UserMembership membership) => new(membership.TenantId, membership.Identifier, membership.TenantName);
}

/// <summary>How the tokens of a sign-in are handed out.</summary>
public static class SignInModes
{
    /// <summary>In the answer.</summary>
    public const string Bearer = "bearer";

    /// <summary>In cookies that no script can read.</summary>
    public const string Cookie = "cookie";
}
